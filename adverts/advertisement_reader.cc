#include "adverts/advertisement_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adverts/ascii.h"
#include "adverts/decoded_text.h"
#include "adverts/html_entity.h"
#include "adverts/html_scanner.h"
#include "adverts/seller_name.h"

namespace coinwake {
namespace {

// A seller's name is looked for in the first part of what a page shows.
constexpr std::size_t kMaxVisibleBytes = 256 << 10;
// Enough of a title or an author for a name.
constexpr std::size_t kMaxNameSourceBytes = 1024;

int HexDigit(char32_t c) {
  if (c >= '0' && c <= '9') return static_cast<int>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<int>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<int>(c - 'A' + 10);
  return -1;
}

// One stream of text, read twice where it holds '%': as it stands, and with %XX decoded, because
// "%3A" before an address looks like part of it.
class Channel {
 public:
  explicit Channel(bool percent) : raw_(&raw_found_), percent_(&percent_found_), decode_(percent) {}
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  void Put(char32_t code, std::uint64_t begin, std::uint64_t end, std::uint32_t undone) {
    raw_.Put(code, begin, end, undone);
    if (!decode_) return;
    const Held next{code, begin, end, undone};
    if (held_count_ > 0 && HexDigit(code) < 0) Release();
    if (held_count_ == 0 && code != '%') {
      Forward(next);
      return;
    }
    held_[held_count_++] = next;
    if (held_count_ < 3) return;
    const auto decoded =
        static_cast<char32_t>(HexDigit(held_[1].code) * 16 + HexDigit(held_[2].code));
    held_count_ = 0;
    percent_.Put(decoded < 0x80 ? decoded : U'\xfffd', held_[0].begin, end,
                 undone | kUndonePercentEncoding);
  }

  // The characters of `text`, which stands at `offset`.
  void PutText(std::uint64_t offset, std::string_view text, bool references) {
    for (std::size_t i = 0; i < text.size();) {
      if (references && text[i] == '&') {
        const HtmlEntity entity = DecodeHtmlEntity(text, i);
        if (entity.size_bytes > 0) {
          Put(entity.code, offset + i, offset + i + entity.size_bytes, kUndoneHtmlEntity);
          i += entity.size_bytes;
          continue;
        }
      }
      const Utf8Char c = DecodeUtf8(text, i);
      Put(c.code, offset + i, offset + i + c.size_bytes, kUndoneNothing);
      i += c.size_bytes;
    }
  }

  void SoftBreak(std::uint32_t undone) {
    Release();
    raw_.SoftBreak(undone);
    percent_.SoftBreak(undone);
  }

  void LineBreak() {
    Release();
    raw_.LineBreak();
    percent_.LineBreak();
  }

  void HardBreak() {
    Release();
    raw_.HardBreak();
    percent_.HardBreak();
  }

  void SetPreformatted(bool preformatted) {
    raw_.SetPreformatted(preformatted);
    percent_.SetPreformatted(preformatted);
  }

  // Ends the stream and adds what it held to `text`.
  void Finish(const std::string& place, AdvertisementText* text) {
    Release();
    raw_.Finish();
    percent_.Finish();
    if (std::max(raw_found_.size(), percent_found_.size()) >= AddressFinder::kMaxFound) {
      text->complete = false;
    }
    std::size_t raw_at = 0;  // both lists ascend by begin
    for (FoundAddress& found : percent_found_) {
      while (raw_at < raw_found_.size() && raw_found_[raw_at].begin < found.begin) ++raw_at;
      if (raw_at < raw_found_.size() && raw_found_[raw_at].begin == found.begin) continue;
      found.undone |= kUndonePercentEncoding;
      text->addresses.push_back({std::move(found), place});
    }
    for (FoundAddress& found : raw_found_) text->addresses.push_back({std::move(found), place});
  }

 private:
  struct Held {
    char32_t code;
    std::uint64_t begin;
    std::uint64_t end;
    std::uint32_t undone;
  };

  void Forward(const Held& c) { percent_.Put(c.code, c.begin, c.end, c.undone); }
  // What began like %XX and is none stands for itself.
  void Release() {
    for (std::size_t i = 0; i < held_count_; ++i) Forward(held_[i]);
    held_count_ = 0;
  }

  std::vector<FoundAddress> raw_found_;
  std::vector<FoundAddress> percent_found_;
  AddressFinder raw_;
  AddressFinder percent_;
  const bool decode_;
  Held held_[3] = {};
  std::size_t held_count_ = 0;
};

bool HasPercent(std::string_view text) { return text.find('%') != std::string_view::npos; }

void SortByPlace(AdvertisementText* text) {
  std::stable_sort(
      text->addresses.begin(), text->addresses.end(),
      [](const PlacedAddress& a, const PlacedAddress& b) { return a.found.begin < b.found.begin; });
}

// The beginning of `text`, up to about `limit` bytes, with character references decoded.
std::string Decoded(std::string_view text, bool references, std::size_t limit) {
  std::string result;
  for (std::size_t i = 0; i < text.size() && result.size() < limit;) {
    const HtmlEntity entity =
        references && text[i] == '&' ? DecodeHtmlEntity(text, i) : HtmlEntity{};
    const Utf8Char c = entity.size_bytes > 0 ? Utf8Char{} : DecodeUtf8(text, i);
    AppendUtf8(entity.size_bytes > 0 ? entity.code : c.code, &result);
    i += entity.size_bytes > 0 ? entity.size_bytes : c.size_bytes;
  }
  return result;
}

class PageReader final : public HtmlSink {
 public:
  explicit PageReader(std::string_view page) : text_(HasPercent(page)) {}

  AdvertisementText Finish() {
    text_.Finish("html_text", &result_);
    SortByPlace(&result_);
    result_.seller = SellerNameInText(visible_);
    if (result_.seller.empty()) result_.seller = CleanName(author_);
    if (result_.seller.empty()) result_.seller = CleanName(title_);
    return std::move(result_);
  }

  void OnText(std::uint64_t offset, std::string_view text, bool references) override {
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
    Channel channel(HasPercent(value));
    channel.PutText(offset, value, /*references=*/true);
    channel.Finish(absl::StrCat("html_attribute:", CleanName(name)), &result_);
    if (tag != "meta") return;
    if (name == "name") meta_name_ = ascii::ToLower(value.substr(0, kMaxNameSourceBytes));
    if (name == "content") meta_content_ = Decoded(value, /*references=*/true, kMaxNameSourceBytes);
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
    Channel channel(HasPercent(text));
    channel.PutText(offset, text, /*references=*/false);
    channel.Finish(place, &result_);
  }

  Channel text_;
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
  Channel channel(HasPercent(text));
  channel.PutText(0, text, /*references=*/false);
  channel.Finish("", &result);
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
