#include "adverts/advertisement_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adverts/decoded_text.h"
#include "adverts/html_entity.h"
#include "adverts/html_scanner.h"
#include "adverts/seller_name.h"
#include "adverts/text_channel.h"
#include "indexer/base/ascii.h"

namespace coinwake {
namespace {

// A seller's name is looked for in the first part of what a page shows.
constexpr std::size_t kMaxVisibleBytes = 256 << 10;
// Enough of a title or an author for a name.
constexpr std::size_t kMaxNameSourceBytes = 1024;

// Ends `channel` and adds what it held.
void FinishChannel(TextChannel* channel, const std::string& place, AdvertisementText* text) {
  for (FoundAddress& found : channel->Finish(&text->complete)) {
    text->addresses.push_back({std::move(found), place});
  }
}

void SortByPlace(AdvertisementText* text) {
  std::stable_sort(
      text->addresses.begin(), text->addresses.end(),
      [](const PlacedAddress& a, const PlacedAddress& b) { return a.found.begin < b.found.begin; });
}

// The beginning of `text`, up to about `limit` bytes, with character references decoded.
std::string Decoded(std::string_view text, References references, std::size_t limit) {
  std::string result;
  for (std::size_t i = 0; i < text.size() && result.size() < limit;) {
    const HtmlEntity entity = references != References::kNone && text[i] == '&'
                                  ? DecodeHtmlEntity(text, i, references)
                                  : HtmlEntity{};
    const Utf8Char c = entity.size_bytes > 0 ? Utf8Char{} : DecodeUtf8(text, i);
    AppendUtf8(entity.size_bytes > 0 ? entity.code : c.code, &result);
    i += entity.size_bytes > 0 ? entity.size_bytes : c.size_bytes;
  }
  return result;
}

class PageReader final : public HtmlSink {
 public:
  explicit PageReader(std::string_view page) : text_(page) {}

  AdvertisementText Finish() {
    FinishChannel(&text_, "html_text", &result_);
    SortByPlace(&result_);
    result_.seller = SellerNameInText(visible_);
    if (result_.seller.empty()) result_.seller = CleanName(author_);
    if (result_.seller.empty()) result_.seller = CleanName(title_);
    return std::move(result_);
  }

  void OnText(std::uint64_t offset, std::string_view text, bool has_references) override {
    const References references = has_references ? References::kInText : References::kNone;
    text_.PutText(offset, text, references);
    if (in_title_) {
      if (title_.empty()) title_ = Decoded(text, references, kMaxNameSourceBytes);
      return;
    }
    if (visible_.size() >= kMaxVisibleBytes) return;
    // A line break in the source is a space on the screen; lines come from tags, or stand in <pre>.
    std::string shown = Decoded(text, references, kMaxVisibleBytes - visible_.size());
    if (!preformatted_) std::replace(shown.begin(), shown.end(), '\n', ' ');
    visible_ += shown;
  }

  void OnTag(const std::string& name, bool is_end, TagFlow flow) override {
    if (name == "title") in_title_ = !is_end;
    if (name == "pre" || name == "textarea") {
      preformatted_ = !is_end;
      text_.SetPreformatted(preformatted_);
    }
    if (name == "meta") {
      if (meta_name_ == "author" && author_.empty()) author_ = meta_content_;
      meta_name_.clear();
      meta_content_.clear();
    }
    switch (flow) {
      case TagFlow::kInline:
        text_.SoftBreak(kUndoneHtmlTag);
        return;
      // The finder joins across one line break as across the wrap of a line.
      case TagFlow::kLineBreak:
        text_.LineBreak();
        break;
      case TagFlow::kBlock:
        text_.HardBreak();
        break;
    }
    if (visible_.size() < kMaxVisibleBytes) visible_.push_back('\n');
  }

  void OnAttribute(const std::string& tag, const std::string& name, std::uint64_t offset,
                   std::string_view value) override {
    TextChannel channel(value);
    channel.PutText(offset, value, References::kInAttribute);
    FinishChannel(&channel, absl::StrCat("html_attribute:", CleanName(name)), &result_);
    if (tag != "meta") return;
    if (name == "name") meta_name_ = ascii::ToLower(value.substr(0, kMaxNameSourceBytes));
    if (name == "content")
      meta_content_ = Decoded(value, References::kInAttribute, kMaxNameSourceBytes);
  }

  void OnComment(std::uint64_t offset, std::string_view text) override {
    ScanAside("html_comment", offset, text);
    text_.SoftBreak(kUndoneHtmlTag);
  }

  void OnHidden(const std::string& name, std::uint64_t offset, std::string_view text) override {
    ScanAside(name == "style" ? "html_style" : "html_script", offset, text);
  }

 private:
  void ScanAside(const std::string& place, std::uint64_t offset, std::string_view text) {
    TextChannel channel(text);
    channel.PutText(offset, text, References::kNone);
    FinishChannel(&channel, place, &result_);
  }

  TextChannel text_;
  AdvertisementText result_;
  std::string visible_;
  std::string title_;
  std::string author_;
  std::string meta_name_;  // of the <meta> being read
  std::string meta_content_;
  bool in_title_ = false;
  bool preformatted_ = false;
};

}  // namespace

AdvertisementText ReadPlainText(std::string_view text) {
  AdvertisementText result;
  TextChannel channel(text);
  channel.PutText(0, text, References::kNone);
  FinishChannel(&channel, "", &result);
  SortByPlace(&result);
  result.seller = SellerNameInText(text.substr(0, kMaxVisibleBytes));
  return result;
}

AdvertisementText ReadHtml(std::string_view page) {
  PageReader reader(page);
  ScanHtml(page, &reader);
  return reader.Finish();
}

}  // namespace coinwake
