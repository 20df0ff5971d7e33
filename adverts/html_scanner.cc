#include "adverts/html_scanner.h"

#include <algorithm>
#include <iterator>

#include "indexer/base/ascii.h"

namespace coinwake {
namespace {

constexpr std::size_t kMaxNameBytes = 64;

// Sorted. Elements whose box ends a word: the block-level and table elements of HTML 15.3, and
// replaced elements.
constexpr std::string_view kBlockTags[] = {
    "address",  "article",    "aside",   "audio",   "blockquote", "body",     "button",   "canvas",
    "center",   "dd",         "details", "dialog",  "dir",        "div",      "dl",       "dt",
    "fieldset", "figcaption", "figure",  "footer",  "form",       "frame",    "frameset", "h1",
    "h2",       "h3",         "h4",      "h5",      "h6",         "head",     "header",   "hgroup",
    "hr",       "html",       "iframe",  "img",     "input",      "legend",   "li",       "link",
    "main",     "menu",       "meta",    "nav",     "noembed",    "noframes", "noscript", "object",
    "ol",       "optgroup",   "option",  "p",       "plaintext",  "pre",      "script",   "search",
    "section",  "select",     "style",   "summary", "svg",        "table",    "tbody",    "td",
    "template", "textarea",   "tfoot",   "th",      "thead",      "title",    "tr",       "ul",
    "video",    "xmp"};
static_assert(std::is_sorted(std::begin(kBlockTags), std::end(kBlockTags)));

TagFlow FlowOf(std::string_view name) {
  if (name == "br") return TagFlow::kLineBreak;
  return std::binary_search(std::begin(kBlockTags), std::end(kBlockTags), name) ? TagFlow::kBlock
                                                                                : TagFlow::kInline;
}

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

class Scanner {
 public:
  Scanner(std::string_view page, HtmlSink* sink) : page_(page), sink_(sink) {}

  void Run() {
    std::size_t text_begin = 0;
    while (at_ < page_.size()) {
      const std::size_t open = page_.find('<', at_);
      if (open == std::string_view::npos) break;
      if (!IsMarkup(open)) {
        at_ = open + 1;
        continue;
      }
      FlushText(text_begin, open);
      at_ = open;
      ReadMarkup();
      text_begin = at_;
    }
    FlushText(text_begin, page_.size());
  }

 private:
  char At(std::size_t index) const { return index < page_.size() ? page_[index] : '\0'; }

  bool IsMarkup(std::size_t open) const {
    const char next = At(open + 1);
    return next == '!' || next == '?' || ascii::IsLetter(next) ||
           (next == '/' && open + 2 < page_.size());
  }

  void FlushText(std::size_t begin, std::size_t end) {
    if (begin < end) sink_->OnText(begin, page_.substr(begin, end - begin), /*references=*/true);
  }

  // REQUIRES: page_[at_] is the '<' of markup. Leaves at_ after it.
  void ReadMarkup() {
    const char next = At(at_ + 1);
    if (next == '!' && page_.substr(at_, 4) == "<!--") {
      ReadComment();
    } else if (ascii::IsLetter(next)) {
      ReadTag(at_ + 1, /*is_end=*/false);
    } else if (next == '/' && ascii::IsLetter(At(at_ + 2))) {
      ReadTag(at_ + 2, /*is_end=*/true);
    } else {
      const std::size_t begin = std::min(at_ + 2, page_.size());
      const std::size_t close = std::min(page_.find('>', begin), page_.size());
      sink_->OnComment(begin, page_.substr(begin, close - begin));
      at_ = std::min(close + 1, page_.size());
    }
  }

  void ReadComment() {
    const std::size_t begin = at_ + 4;
    if (At(begin) == '>') {  // "<!-->" is whole
      at_ = begin + 1;
      return;
    }
    if (page_.substr(begin, 2) == "->") {
      at_ = begin + 2;
      return;
    }
    std::size_t end = begin;
    std::size_t after = page_.size();
    for (;; ++end) {
      end = page_.find("--", end);
      if (end == std::string_view::npos) {
        end = page_.size();
        break;
      }
      if (At(end + 2) == '>' || page_.substr(end + 2, 2) == "!>") {
        after = end + (At(end + 2) == '>' ? 3 : 4);
        break;
      }
    }
    sink_->OnComment(begin, page_.substr(begin, end - begin));
    at_ = after;
  }

  void ReadTag(std::size_t name_begin, bool is_end) {
    at_ = name_begin;
    while (at_ < page_.size() && !IsSpace(page_[at_]) && page_[at_] != '/' && page_[at_] != '>') {
      ++at_;
    }
    const std::string name = LowerName(name_begin, at_);
    while (at_ < page_.size() && page_[at_] != '>') {
      if (IsSpace(page_[at_]) || page_[at_] == '/') {
        ++at_;
      } else {
        ReadAttribute(name, is_end);
      }
    }
    at_ = std::min(at_ + 1, page_.size());
    sink_->OnTag(name, is_end, FlowOf(name));
    if (!is_end) ReadRawText(name);
  }

  std::string LowerName(std::size_t begin, std::size_t end) const {
    const std::size_t size = std::min(end - begin, kMaxNameBytes);
    return ascii::ToLower(page_.substr(begin, size));
  }

  // REQUIRES: page_[at_] is neither white space, '/' nor '>'.
  void ReadAttribute(const std::string& tag, bool is_end) {
    const std::size_t name_begin = at_++;  // a leading '=' belongs to the name
    while (at_ < page_.size() && !IsSpace(page_[at_]) && page_[at_] != '/' && page_[at_] != '>' &&
           page_[at_] != '=') {
      ++at_;
    }
    const std::size_t name_end = at_;
    SkipSpaces();
    if (At(at_) != '=') return;
    ++at_;
    SkipSpaces();
    const char quote = At(at_);
    const bool quoted = quote == '"' || quote == '\'';
    const std::size_t begin = quoted ? at_ + 1 : at_;
    if (quoted) {
      at_ = std::min(page_.find(quote, begin), page_.size());
    } else {
      while (at_ < page_.size() && !IsSpace(page_[at_]) && page_[at_] != '>') ++at_;
    }
    const std::string_view value = page_.substr(begin, at_ - begin);
    if (quoted && at_ < page_.size()) ++at_;
    if (!is_end && !value.empty()) {
      sink_->OnAttribute(tag, LowerName(name_begin, name_end), begin, value);
    }
  }

  void SkipSpaces() {
    while (at_ < page_.size() && IsSpace(page_[at_])) ++at_;
  }

  // The inside of an element whose text is not markup, up to its end tag or the page's end.
  void ReadRawText(const std::string& name) {
    const bool hidden = name == "script" || name == "style";
    const bool references = name == "title" || name == "textarea";
    const bool shown = references || name == "xmp" || name == "iframe" || name == "noembed" ||
                       name == "noframes" || name == "plaintext";
    if (!hidden && !shown) return;
    const std::size_t begin = at_;
    at_ = name == "plaintext" ? page_.size() : FindEndTag(name);
    const std::string_view text = page_.substr(begin, at_ - begin);
    if (text.empty()) return;
    if (hidden) {
      sink_->OnHidden(name, begin, text);
    } else {
      sink_->OnText(begin, text, references);
    }
  }

  std::size_t FindEndTag(const std::string& name) const {
    for (std::size_t at = at_;; at += 2) {
      at = page_.find("</", at);
      if (at == std::string_view::npos) return page_.size();
      const char after = At(at + 2 + name.size());
      if (ascii::EqualsIgnoreCase(page_.substr(at + 2, name.size()), name) &&
          (IsSpace(after) || after == '/' || after == '>')) {
        return at;
      }
    }
  }

  const std::string_view page_;
  HtmlSink* const sink_;
  std::size_t at_ = 0;
};

}  // namespace

void ScanHtml(std::string_view page, HtmlSink* sink) { Scanner(page, sink).Run(); }

}  // namespace coinwake
