#include "adverts/html_entity.h"

#include <cstdint>

#include "adverts/ascii.h"

namespace coinwake {
namespace {

constexpr char32_t kReplacement = 0xfffd;
constexpr std::size_t kMaxNameChars = 32;

struct Name {
  std::string_view name;
  char32_t code;
};
// From the table of HTML 13.5; names are case-sensitive there.
constexpr Name kNames[] = {
    {"amp", '&'},
    {"lt", '<'},
    {"gt", '>'},
    {"quot", '"'},
    {"apos", '\''},
    {"nbsp", 0xa0},
    {"shy", 0xad},
    {"zwnj", 0x200c},
    {"zwj", 0x200d},
    {"lrm", 0x200e},
    {"rlm", 0x200f},
    {"NoBreak", 0x2060},
    {"colon", ':'},
    {"sol", '/'},
    {"quest", '?'},
    {"equals", '='},
    {"percnt", '%'},
    {"num", '#'},
    {"period", '.'},
    {"comma", ','},
    {"semi", ';'},
    {"lpar", '('},
    {"rpar", ')'},
    {"lsqb", '['},
    {"rsqb", ']'},
    {"excl", '!'},
    {"commat", '@'},
    {"lowbar", '_'},
    {"Tab", '\t'},
    {"NewLine", '\n'},
    {"ZeroWidthSpace", 0x200b},
    {"NegativeThinSpace", 0x200b},
};

int DigitOf(char c, bool hex) {
  if (c >= '0' && c <= '9') return c - '0';
  if (!hex) return -1;
  const char lower = ascii::ToLower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

HtmlEntity DecodeNumeric(std::string_view text, std::size_t offset) {
  std::size_t at = offset + 2;
  const bool hex = at < text.size() && (text[at] == 'x' || text[at] == 'X');
  if (hex) ++at;
  const std::size_t digits_begin = at;
  std::uint32_t code = 0;
  for (; at < text.size(); ++at) {
    const int digit = DigitOf(text[at], hex);
    if (digit < 0) break;
    // Saturates beyond Unicode: more digits must not wrap round to a letter.
    if (code <= 0x10ffff) code = code * (hex ? 16 : 10) + static_cast<std::uint32_t>(digit);
  }
  if (at == digits_begin) return {};
  if (at < text.size() && text[at] == ';') ++at;
  const bool valid = code != 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return {valid ? char32_t{code} : kReplacement, at - offset};
}

}  // namespace

HtmlEntity DecodeHtmlEntity(std::string_view text, std::size_t offset) {
  if (offset + 1 >= text.size()) return {};
  if (text[offset + 1] == '#') return DecodeNumeric(text, offset);
  std::size_t at = offset + 1;
  while (at < text.size() && at - offset <= kMaxNameChars &&
         (ascii::IsLetter(text[at]) || ascii::IsDigit(text[at]))) {
    ++at;
  }
  if (at >= text.size() || text[at] != ';') return {};
  const std::string_view name = text.substr(offset + 1, at - offset - 1);
  for (const Name& known : kNames) {
    if (known.name == name) return {known.code, at + 1 - offset};
  }
  return {};
}

}  // namespace coinwake
