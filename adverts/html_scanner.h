// Reads a page of HTML as a stream of pieces with exact offsets, in one forward pass.
//
// This follows the tokenizer of the HTML standard (13.2.5) and builds no tree: a tree builder costs
// quadratic time on pages made for it (gumbo 0.10 takes 7 s for 90 kB of <div> and </p>), moves
// text away from where it stood, and a finder of addresses needs neither. What it keeps: text,
// comments, raw text elements and every attribute value. Any bytes are a page; work and memory are
// linear.
#ifndef COINWAKE_ADVERTS_HTML_SCANNER_H_
#define COINWAKE_ADVERTS_HTML_SCANNER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coinwake {

// How a tag stands to the text around it.
enum class TagFlow {
  kInline,     // <b>, <span>, unknown ones: a word goes on through it
  kLineBreak,  // <br>
  kBlock,      // <p>, <td>, ...: a word ends at it
};

// Receives the page in order. Views are into the page and live as long as it. Offsets are the
// page's.
class HtmlSink {
 public:
  virtual ~HtmlSink() = default;
  // Text that a browser shows; `references`: character references in it count. Raw text elements
  // that show their content (xmp, iframe, noembed, noframes, plaintext) have none.
  virtual void OnText(std::uint64_t offset, std::string_view text, bool references) = 0;
  // A start or end tag, after its attributes. `name` in lower case.
  virtual void OnTag(const std::string& name, bool is_end, TagFlow flow) = 0;
  // A value of a start tag, without quotes, with its character references. `tag` and `name` in
  // lower case; names are cut to 64 bytes.
  virtual void OnAttribute(const std::string& tag, const std::string& name, std::uint64_t offset,
                           std::string_view value) = 0;
  // A comment, a declaration or a processing instruction, without its marks.
  virtual void OnComment(std::uint64_t offset, std::string_view text) = 0;
  // The inside of <script> or <style>; `name` says which.
  virtual void OnHidden(const std::string& name, std::uint64_t offset, std::string_view text) = 0;
};

void ScanHtml(std::string_view page, HtmlSink* sink);

}  // namespace coinwake

#endif  // COINWAKE_ADVERTS_HTML_SCANNER_H_
