// A small YAML document as a tree that knows its lines.
//
// For files that people write: no anchors, aliases or several documents, bounded in depth and size.
// Nodes lie in one array, so that nothing recurses.
#ifndef COINWAKE_SCREENING_YAML_TREE_H_
#define COINWAKE_SCREENING_YAML_TREE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/status.h"

namespace coinwake {

struct YamlNode {
  enum class Kind : std::uint8_t { kNull, kScalar, kList, kMap };
  struct Entry {
    std::string key;         // of a map
    std::uint64_t line = 0;  // where it begins, from 1
    std::size_t node = 0;    // index into YamlTree::nodes
  };

  Kind kind = Kind::kNull;
  std::uint64_t line = 0;
  std::string text;  // of a scalar
  std::vector<Entry> entries;
};

struct YamlTree {
  std::vector<YamlNode> nodes;  // the first is the root; empty: an empty document

  const YamlNode& At(std::size_t node) const { return nodes[node]; }
};

inline constexpr std::size_t kMaxYamlDepth = 8;
inline constexpr std::size_t kMaxYamlNodes = 100'000;

// What is wrong, and where.
struct YamlError {
  std::uint64_t line = 1;
  std::string what;  // empty: nothing
};

// Reads `text`; keys are scalars, unique in their map. The tree is meaningless after an error.
YamlError ReadYaml(std::string_view text, YamlTree* tree);

}  // namespace coinwake

#endif  // COINWAKE_SCREENING_YAML_TREE_H_
