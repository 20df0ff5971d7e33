// Checks a source tree against docs/design/layers.txt: includes, folder cycles, guards, file sizes.
#ifndef COINWAKE_TESTS_LAYERS_LAYER_CHECKER_H_
#define COINWAKE_TESTS_LAYERS_LAYER_CHECKER_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace coinwake::layers {

inline constexpr std::size_t kMostLines = 600;

struct HeaderRule {
  std::string prefix;
  std::vector<std::string> paths;
};
struct TokenRule {
  std::string word;
  std::vector<std::string> paths;
};
struct LayerTable {
  std::map<std::string, std::vector<std::string>> layers;
  std::vector<HeaderRule> headers;
  std::vector<TokenRule> tokens;
};

// Reads the format told at the top of layers.txt. Lines that make no sense go to `problems`.
LayerTable ParseLayerTable(std::string_view text, std::vector<std::string>* problems);

// `source` with comments, string and character literals replaced by spaces; lines stay where they
// are.
std::string BlankCommentsAndLiterals(std::string_view source);

struct Include {
  std::string name;
  bool quoted = false;
  std::size_t line = 0;  // from 1
};
std::vector<Include> IncludesOf(std::string_view source);

// The guard a header at `path` (from the repository root) has to have.
std::string GuardOf(std::string_view path);

// Every violation under `root` as "path:line: what is wrong", sorted. Looks at *.h and *.cc outside
// `build` and hidden folders. Empty means that the tree obeys `table`.
std::vector<std::string> CheckTree(const std::string& root, const LayerTable& table);

}  // namespace coinwake::layers

#endif  // COINWAKE_TESTS_LAYERS_LAYER_CHECKER_H_
