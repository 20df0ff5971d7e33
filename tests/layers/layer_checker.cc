#include "tests/layers/layer_checker.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

namespace coinwake::layers {
namespace {

using Strings = std::vector<std::string>;

bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// `path` is `prefix` itself or begins with it at a folder, or `prefix` is a bare name prefix.
bool Under(std::string_view path, std::string_view prefix) {
  return prefix == "*" || path.starts_with(prefix);
}

bool UnderAny(std::string_view path, const Strings& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const std::string& prefix) { return Under(path, prefix); });
}

bool InFolder(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

std::string At(std::string_view path, std::size_t line, const std::string& what) {
  return std::string(path) + ":" + std::to_string(line) + ": " + what;
}

std::string ReadWhole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The layer a file belongs to: the longest folder of the table that holds it.
std::optional<std::string> LayerOf(const LayerTable& table, std::string_view path) {
  std::optional<std::string> best;
  for (const auto& [folder, allowed] : table.layers) {
    if (InFolder(path, folder) && (!best || folder.size() > best->size())) best = folder;
  }
  return best;
}

const HeaderRule* RuleOf(const LayerTable& table, std::string_view header) {
  const HeaderRule* best = nullptr;
  for (const HeaderRule& rule : table.headers) {
    if (header.starts_with(rule.prefix) &&
        (best == nullptr || rule.prefix.size() > best->prefix.size())) {
      best = &rule;
    }
  }
  return best;
}

struct SourceFile {
  std::string path;  // from the root, with '/'
  std::string text;
};

std::vector<SourceFile> ReadTree(const std::filesystem::path& root) {
  std::vector<SourceFile> files;
  std::filesystem::recursive_directory_iterator it(root), end;
  for (; it != end; ++it) {
    const std::string name = it->path().filename().string();
    if (it->is_directory()) {
      if (name.starts_with(".") || (it.depth() == 0 && name == "build")) {
        it.disable_recursion_pending();
      }
      continue;
    }
    if (!name.ends_with(".h") && !name.ends_with(".cc")) continue;
    files.push_back({it->path().lexically_relative(root).generic_string(), ReadWhole(it->path())});
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

using FolderEdges = std::map<std::string, std::map<std::string, std::string>>;

class TreeCheck {
 public:
  TreeCheck(const LayerTable& table, const std::vector<SourceFile>& files) : table_(table) {
    for (const SourceFile& file : files) paths_.insert(file.path);
  }

  void Check(const SourceFile& file);
  void CheckCycles();
  Strings TakeProblems() {
    std::sort(problems_.begin(), problems_.end());
    return std::move(problems_);
  }

 private:
  void CheckSize(const SourceFile& file);
  void CheckGuard(const SourceFile& file);
  void CheckIncludes(const SourceFile& file, const std::string& layer);
  void CheckOurs(const SourceFile& file, const std::string& layer, const Include& include);
  void CheckForeign(const SourceFile& file, const Include& include);
  void CheckTokens(const SourceFile& file);
  void Report(const std::string& path, std::size_t line, const std::string& what) {
    problems_.push_back(At(path, line, what));
  }

  const LayerTable& table_;
  std::set<std::string> paths_;
  FolderEdges edges_;  // folder -> folder -> one file that makes the edge
  Strings problems_;
};

void TreeCheck::CheckSize(const SourceFile& file) {
  const auto lines = static_cast<std::size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
  if (lines > kMostLines) {
    Report(file.path, lines,
           "has " + std::to_string(lines) + " lines; split it along a noun (at most " +
               std::to_string(kMostLines) + ")");
  }
}

void TreeCheck::CheckGuard(const SourceFile& file) {
  if (!file.path.ends_with(".h")) return;
  const std::string guard = GuardOf(file.path);
  const bool has =
      file.text.find("#ifndef " + guard + "\n#define " + guard + "\n") != std::string::npos &&
      file.text.find("#endif  // " + guard) != std::string::npos;
  if (!has) Report(file.path, 1, "the header guard has to be " + guard);
}

void TreeCheck::CheckOurs(const SourceFile& file, const std::string& layer,
                          const Include& include) {
  const std::optional<std::string> target = LayerOf(table_, include.name);
  if (!target) {
    Report(file.path, include.line, "includes " + include.name + ", whose folder has no layer");
    return;
  }
  if (*target == layer) return;
  edges_[layer].try_emplace(*target, file.path);
  const Strings& allowed = table_.layers.at(layer);
  const bool everything = std::find(allowed.begin(), allowed.end(), "*") != allowed.end();
  const bool named = std::any_of(allowed.begin(), allowed.end(), [&](const std::string& entry) {
    return entry == *target || entry == include.name;
  });
  if (named || (everything && *target != "tests")) return;
  Report(file.path, include.line, layer + " may not include " + include.name);
}

void TreeCheck::CheckForeign(const SourceFile& file, const Include& include) {
  // The standard library: <vector>, and the C library under its C++ names.
  const bool standard = !include.quoted && include.name.find_first_of("/.") == std::string::npos;
  if (standard) return;
  const HeaderRule* rule = RuleOf(table_, include.name);
  if (rule == nullptr) {
    Report(file.path, include.line,
           "includes " + include.name + ", which is neither ours nor in the table");
  } else if (!UnderAny(file.path, rule->paths)) {
    Report(file.path, include.line, include.name + " may not be included here");
  }
}

void TreeCheck::CheckIncludes(const SourceFile& file, const std::string& layer) {
  for (const Include& include : IncludesOf(file.text)) {
    if (paths_.contains(include.name)) {
      CheckOurs(file, layer, include);
    } else if (include.quoted && LayerOf(table_, include.name) &&
               RuleOf(table_, include.name) == nullptr) {
      Report(file.path, include.line, "includes " + include.name + ", which is not there");
    } else {
      CheckForeign(file, include);
    }
  }
}

void TreeCheck::CheckTokens(const SourceFile& file) {
  const std::string code = BlankCommentsAndLiterals(file.text);
  for (const TokenRule& rule : table_.tokens) {
    if (UnderAny(file.path, rule.paths)) continue;
    for (std::size_t at = code.find(rule.word); at != std::string::npos;
         at = code.find(rule.word, at + rule.word.size())) {
      const std::size_t end = at + rule.word.size();
      const bool inside = (at > 0 && (IsWord(code[at - 1]) || code[at - 1] == ':')) ||
                          (end < code.size() && IsWord(code[end]));
      if (inside) continue;
      const auto line = static_cast<std::size_t>(
          std::count(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
      Report(file.path, line + 1, rule.word + " may not be used here");
    }
  }
}

void TreeCheck::Check(const SourceFile& file) {
  CheckSize(file);
  CheckGuard(file);
  CheckTokens(file);
  const std::optional<std::string> layer = LayerOf(table_, file.path);
  if (!layer) {
    Report(file.path, 1, "its folder has no layer in the table");
    return;
  }
  CheckIncludes(file, *layer);
}

// Takes away folders that include nothing of what is left or are not included by it, until none is:
// the rest are in circles.
void TreeCheck::CheckCycles() {
  FolderEdges left = edges_;
  for (bool changed = true; changed;) {
    changed = false;
    std::set<std::string> included;
    for (auto& [folder, targets] : left) {
      std::erase_if(targets, [&](const auto& target) { return !left.contains(target.first); });
      for (const auto& [target, file] : targets) included.insert(target);
    }
    for (auto it = left.begin(); it != left.end();) {
      const bool out = it->second.empty() || !included.contains(it->first);
      it = out ? left.erase(it) : std::next(it);
      changed = changed || out;
    }
  }
  for (const auto& [folder, targets] : left) {
    for (const auto& [target, file] : targets) {
      Report(
          file, 1,
          std::string("folders in a circle: ").append(folder).append(" includes ").append(target));
    }
  }
}

}  // namespace

LayerTable ParseLayerTable(std::string_view text, std::vector<std::string>* problems) {
  LayerTable table;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    std::istringstream words(line.substr(0, line.find('#')));
    const Strings row{std::istream_iterator<std::string>(words),
                      std::istream_iterator<std::string>()};
    if (row.empty()) continue;
    if (row[0] == "layer" && row.size() >= 2) {
      table.layers[row[1]] = Strings(row.begin() + 2, row.end());
    } else if (row[0] == "header" && row.size() >= 3) {
      table.headers.push_back({row[1], Strings(row.begin() + 2, row.end())});
    } else if (row[0] == "token" && row.size() >= 3) {
      table.tokens.push_back({row[1], Strings(row.begin() + 2, row.end())});
    } else {
      problems->push_back("layers.txt:" + std::to_string(number) + ": not understood: " + line);
    }
  }
  return table;
}

std::string BlankCommentsAndLiterals(std::string_view source) {
  std::string out(source);
  const auto blank = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < std::min(end, out.size()); ++i) {
      if (out[i] != '\n') out[i] = ' ';
    }
  };
  for (std::size_t i = 0; i < source.size();) {
    std::size_t end = i + 1;
    if (source.substr(i, 2) == "//") {
      end = std::min(source.find('\n', i), source.size());
      blank(i, end);
    } else if (source.substr(i, 2) == "/*") {
      const std::size_t close = source.find("*/", i + 2);
      end = close == std::string_view::npos ? source.size() : close + 2;
      blank(i, end);
    } else if (source.substr(i, 2) == "R\"" && (i == 0 || !IsWord(source[i - 1]))) {
      const std::size_t open = source.find('(', i);
      std::string closing = ")";
      if (open != std::string_view::npos) closing += source.substr(i + 2, open - i - 2);
      closing += '"';
      const std::size_t close = source.find(closing, i);
      end = close == std::string_view::npos ? source.size() : close + closing.size();
      blank(i, end);
    } else if (source[i] == '"' || (source[i] == '\'' && (i == 0 || !IsWord(source[i - 1])))) {
      // A quote after a digit separates thousands.
      while (end < source.size() && source[end] != source[i] && source[end] != '\n') {
        end += source[end] == '\\' ? 2 : 1;
      }
      blank(i + 1, end);
      ++end;
    }
    i = end;
  }
  return out;
}

std::vector<Include> IncludesOf(std::string_view source) {
  std::vector<Include> includes;
  std::istringstream lines{std::string(source)};
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    std::size_t at = line.find_first_not_of(" \t");
    if (at == std::string::npos || line[at] != '#') continue;
    at = line.find_first_not_of(" \t", at + 1);
    if (at == std::string::npos || line.compare(at, 7, "include") != 0) continue;
    const std::size_t open = line.find_first_of("<\"", at);
    if (open == std::string::npos) continue;
    const std::size_t close = line.find(line[open] == '<' ? '>' : '"', open + 1);
    if (close == std::string::npos) continue;
    includes.push_back({line.substr(open + 1, close - open - 1), line[open] == '"', number});
  }
  return includes;
}

std::string GuardOf(std::string_view path) {
  std::string guard = "COINWAKE_";
  for (const char c : path) {
    guard += IsWord(c) ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : '_';
  }
  return guard + "_";
}

std::vector<std::string> CheckTree(const std::string& root, const LayerTable& table) {
  const std::vector<SourceFile> files = ReadTree(root);
  TreeCheck check(table, files);
  for (const SourceFile& file : files) check.Check(file);
  check.CheckCycles();
  return check.TakeProblems();
}

}  // namespace coinwake::layers
