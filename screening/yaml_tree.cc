#include "screening/yaml_tree.h"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <utility>

#include "indexer/base/utf8.h"

namespace coinwake {
namespace {

// Adds nodes as the parser meets them; the first thing that is refused ends it, and what follows is
// passed over.
class TreeHandler final : public YAML::EventHandler {
 public:
  explicit TreeHandler(YamlTree* tree) : tree_(*tree) {}

  const YamlError& error() const { return error_; }
  bool failed() const { return !error_.what.empty(); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) Fail(mark, "a second document; there is one");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Add(mark, anchor, YamlNode::Kind::kNull, "");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Fail(mark, "an alias; write the value out, or in quotation marks");
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    if (ValidUtf8(value) != value) return Fail(mark, "text that is not UTF-8");
    if (!open_.empty() && Top().kind == YamlNode::Kind::kMap && !has_key_) {
      return TakeKey(mark, anchor, value);
    }
    Add(mark, anchor, YamlNode::Kind::kScalar, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, anchor, YamlNode::Kind::kList);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, anchor, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override { Close(); }

 private:
  static std::uint64_t LineOf(const YAML::Mark& mark) {
    return mark.line < 0 ? 1 : static_cast<std::uint64_t>(mark.line) + 1;
  }
  void Fail(const YAML::Mark& mark, std::string what) {
    if (!failed()) error_ = {LineOf(mark), std::move(what)};
  }
  YamlNode& Top() { return tree_.nodes[open_.back()]; }

  void TakeKey(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& key) {
    if (failed()) return;
    if (anchor != YAML::NullAnchor) return Fail(mark, "an anchor; write values out");
    const auto& entries = Top().entries;
    if (std::any_of(entries.begin(), entries.end(),
                    [&key](const YamlNode::Entry& entry) { return entry.key == key; })) {
      return Fail(mark, "the key \"" + Printable(key) + "\" twice; leave one of them out");
    }
    if (entries.size() >= kMaxYamlKeys) return Fail(mark, "too many keys in one place");
    key_ = key;
    key_line_ = LineOf(mark);
    has_key_ = true;
  }

  // False: it is refused.
  bool Add(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind,
           const std::string& text) {
    if (failed()) return false;
    if (anchor != YAML::NullAnchor) {
      Fail(mark, "an anchor; write values out");
      return false;
    }
    if (tree_.nodes.size() >= kMaxYamlNodes) {
      Fail(mark, "too many values");
      return false;
    }
    if (!open_.empty()) {
      YamlNode& parent = Top();
      if (parent.kind == YamlNode::Kind::kMap && !has_key_) {
        Fail(mark, "a key that is no text");
        return false;
      }
      parent.entries.push_back(
          {std::exchange(key_, {}), has_key_ ? key_line_ : LineOf(mark), tree_.nodes.size()});
      has_key_ = false;
    }
    tree_.nodes.push_back({kind, LineOf(mark), text, {}});
    return true;
  }

  void Open(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
    if (open_.size() >= kMaxYamlDepth) return Fail(mark, "values nested too deep");
    if (!Add(mark, anchor, kind, "")) return;
    open_.push_back(tree_.nodes.size() - 1);
  }

  void Close() {
    if (!failed() && !open_.empty()) open_.pop_back();
  }

  // A map's keys are compared one by one.
  static constexpr std::size_t kMaxYamlKeys = 1'000;

  YamlTree& tree_;
  YamlError error_;
  std::vector<std::size_t> open_;  // from the root to the innermost list or map
  bool has_key_ = false;           // of the innermost map, its value comes next
  std::string key_;
  std::uint64_t key_line_ = 0;
  std::uint64_t documents_ = 0;
};

// Text where it is, as a stream; std::istringstream would copy it.
class TextBuffer final : public std::streambuf {
 public:
  explicit TextBuffer(std::string_view text) {
    // A get area is of char*; nothing writes to it.
    char* const begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

}  // namespace

YamlError ReadYaml(std::string_view text, YamlTree* tree) {
  tree->nodes.clear();
  TextBuffer buffer(text);
  std::istream stream(&buffer);
  TreeHandler handler(tree);
  // yaml-cpp tells what is wrong by throwing.
  try {
    YAML::Parser parser(stream);
    while (!handler.failed() && parser.HandleNextDocument(handler)) {
    }
  } catch (const YAML::Exception& error) {
    if (handler.failed()) return handler.error();
    const int line = error.mark.line;
    return {line < 0 ? 1 : static_cast<std::uint64_t>(line) + 1, "no YAML: " + error.msg};
  }
  return handler.error();
}

}  // namespace coinwake
