#include "adverts/text_channel.h"

#include <iterator>
#include <set>
#include <utility>

#include "adverts/decoded_text.h"

namespace coinwake {
namespace {

// A character and what it takes in the file.
struct Placed {
  char32_t code = 0;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint32_t undone = 0;
};

// The first characters of what may be an encoding, until it is one or proves to be none.
template <std::size_t kMost>
class Held {
 public:
  std::size_t size() const { return size_; }
  const Placed& operator[](std::size_t index) const { return items_[index]; }
  void Add(const Placed& c) { items_[size_++] = c; }
  void Clear() { size_ = 0; }

 private:
  Placed items_[kMost] = {};
  std::size_t size_ = 0;
};

int HexDigit(char32_t c) {
  if (c >= '0' && c <= '9') return static_cast<int>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<int>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<int>(c - 'A' + 10);
  return -1;
}

template <std::size_t kMost>
char32_t HexNumber(const Held<kMost>& held, std::size_t begin) {
  char32_t number = 0;
  for (std::size_t i = begin; i < held.size(); ++i) {
    number = number * 16 + static_cast<char32_t>(HexDigit(held[i].code));
  }
  return number;
}

// What '\' and `c` stand for; 0: no escape of one letter.
char32_t SimpleEscape(char32_t c) {
  switch (c) {
    case '"':
    case '/':
      return c;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

bool IsHighSurrogate(char32_t c) { return c >= 0xd800 && c <= 0xdbff; }
bool IsLowSurrogate(char32_t c) { return c >= 0xdc00 && c <= 0xdfff; }

}  // namespace

// One way to read the stream. Characters go through escapes, then %XX, then to the finder.
class TextChannel::Reading {
 public:
  // `decodes`: kUndoneJsonEscape, kUndonePercentEncoding, both or none.
  explicit Reading(std::uint32_t decodes) : decodes_(decodes), finder_(&found_) {}
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  void Put(const Placed& c) {
    if ((decodes_ & kUndoneJsonEscape) != 0) {
      PutEscaped(c);
    } else {
      PutPercent(c);
    }
  }

  // What began like an encoding and is none stands for itself.
  void Release() {
    ReleaseEscape();
    ReleaseSurrogate();
    ReleasePercent();
  }

  AddressFinder& finder() { return finder_; }
  std::vector<FoundAddress>& found() { return found_; }
  std::uint32_t decodes() const { return decodes_; }

 private:
  void PutEscaped(const Placed& c) {
    if (escape_.size() > 1 && HexDigit(c.code) < 0) ReleaseEscape();
    if (escape_.size() == 0) {
      if (c.code == '\\') {
        escape_.Add(c);
      } else {
        PutUnit(c);
      }
      return;
    }
    if (escape_.size() == 1) {
      if (c.code == '\\') return;  // a text that was escaped twice
      if (c.code == 'u') {
        escape_.Add(c);
        return;
      }
      const char32_t code = SimpleEscape(c.code);
      if (code == 0) {
        ReleaseEscape();
        PutUnit(c);
      } else {
        TakeEscape(code, c);
      }
      return;
    }
    escape_.Add(c);
    if (escape_.size() == kEscapeChars) TakeEscape(HexNumber(escape_, 2), c);
  }

  void TakeEscape(char32_t code, const Placed& last) {
    const Placed decoded{code, escape_[0].begin, last.end, last.undone | kUndoneJsonEscape};
    escape_.Clear();
    PutUnit(decoded);
  }

  void ReleaseEscape() {
    for (std::size_t i = 0; i < escape_.size(); ++i) PutUnit(escape_[i]);
    escape_.Clear();
  }

  // Escapes are units of UTF-16: two may make a character.
  void PutUnit(const Placed& c) {
    if (has_high_ && IsLowSurrogate(c.code)) {
      has_high_ = false;
      const char32_t code = 0x10000 + ((high_.code - 0xd800) << 10) + (c.code - 0xdc00);
      PutPercent({code, high_.begin, c.end, c.undone});
      return;
    }
    ReleaseSurrogate();
    has_high_ = IsHighSurrogate(c.code);
    if (has_high_) {
      high_ = c;
    } else {
      PutPercent(c);
    }
  }

  void ReleaseSurrogate() {
    if (has_high_) PutPercent(high_);
    has_high_ = false;
  }

  void PutPercent(const Placed& c) {
    if ((decodes_ & kUndonePercentEncoding) == 0) {
      Find(c);
      return;
    }
    if (percent_.size() > 0 && HexDigit(c.code) < 0) ReleasePercent();
    if (percent_.size() == 0 && c.code != '%') {
      Find(c);
      return;
    }
    percent_.Add(c);
    if (percent_.size() < kPercentChars) return;
    const char32_t code = HexNumber(percent_, 1);
    Find({code < 0x80 ? code : U'\xfffd', percent_[0].begin, c.end,
          c.undone | kUndonePercentEncoding});
    percent_.Clear();
  }

  void ReleasePercent() {
    for (std::size_t i = 0; i < percent_.size(); ++i) Find(percent_[i]);
    percent_.Clear();
  }

  void Find(const Placed& c) { finder_.Put(c.code, c.begin, c.end, c.undone); }

  static constexpr std::size_t kEscapeChars = 6;   // \uXXXX
  static constexpr std::size_t kPercentChars = 3;  // %XX

  const std::uint32_t decodes_;
  std::vector<FoundAddress> found_;
  AddressFinder finder_;
  Held<kEscapeChars> escape_;
  Held<kPercentChars> percent_;
  Placed high_;
  bool has_high_ = false;
};

TextChannel::TextChannel(std::string_view sample) {
  const bool percent = sample.find('%') != std::string_view::npos;
  readings_.push_back(std::make_unique<Reading>(kUndoneNothing));
  if (percent) readings_.push_back(std::make_unique<Reading>(kUndonePercentEncoding));
  if (sample.find('\\') != std::string_view::npos) {
    readings_.push_back(std::make_unique<Reading>(
        kUndoneJsonEscape | (percent ? kUndonePercentEncoding : kUndoneNothing)));
  }
}

TextChannel::~TextChannel() = default;

void TextChannel::Put(char32_t code, std::uint64_t begin, std::uint64_t end, std::uint32_t undone) {
  for (const auto& reading : readings_) reading->Put({code, begin, end, undone});
}

void TextChannel::PutText(std::uint64_t offset, std::string_view text, References references) {
  for (std::size_t i = 0; i < text.size();) {
    if (references != References::kNone && text[i] == '&') {
      const HtmlEntity entity = DecodeHtmlEntity(text, i, references);
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

void TextChannel::SoftBreak(std::uint32_t undone) {
  for (const auto& reading : readings_) {
    reading->Release();
    reading->finder().SoftBreak(undone);
  }
}

void TextChannel::LineBreak() {
  for (const auto& reading : readings_) {
    reading->Release();
    reading->finder().LineBreak();
  }
}

void TextChannel::HardBreak() {
  for (const auto& reading : readings_) {
    reading->Release();
    reading->finder().HardBreak();
  }
}

void TextChannel::SetPreformatted(bool preformatted) {
  for (const auto& reading : readings_) reading->finder().SetPreformatted(preformatted);
}

std::vector<FoundAddress> TextChannel::Finish(bool* complete) {
  std::vector<FoundAddress> all;
  for (const auto& reading : readings_) {
    reading->Release();
    reading->finder().Finish();
    std::vector<FoundAddress>& found = reading->found();
    if (found.size() >= AddressFinder::kMaxFound) *complete = false;
    if (reading == readings_.front()) {
      all = std::move(found);
      continue;
    }
    // What this reading has decoded is what made the difference; of %XX after escapes the
    // characters say it themselves.
    const bool escapes = (reading->decodes() & kUndoneJsonEscape) != 0;
    const std::uint32_t undone = escapes ? kUndoneJsonEscape : kUndonePercentEncoding;
    std::set<std::uint64_t> places;
    for (const FoundAddress& earlier : all) places.insert(earlier.begin);
    for (FoundAddress& address : found) {
      if (places.contains(address.begin)) continue;
      address.undone |= undone;
      all.push_back(std::move(address));
    }
  }
  return all;
}

}  // namespace coinwake
