#include "adverts/seller_name.h"

#include <algorithm>
#include <optional>

#include "adverts/decoded_text.h"
#include "indexer/base/ascii.h"

namespace coinwake {
namespace {

constexpr std::string_view kLabels[] = {"seller name", "vendor name", "seller", "vendor",
                                        "sold by"};
constexpr std::string_view kMarks = " \t\r\f\v*_#|`>-";

std::string_view StripMarks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kMarks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kMarks) - begin + 1);
}

// What follows the label and its colon, or nullopt when `line` is no such line.
std::optional<std::string_view> AfterLabel(std::string_view line) {
  line = StripMarks(line);
  for (const std::string_view label : kLabels) {
    if (!ascii::StartsWithIgnoreCase(line, label)) continue;
    std::string_view rest = line.substr(label.size());
    while (!rest.empty() && kMarks.find(rest[0]) != std::string_view::npos) rest.remove_prefix(1);
    if (!rest.empty() && rest[0] == ':') return StripMarks(rest.substr(1));
  }
  return std::nullopt;
}

}  // namespace

std::string CleanName(std::string_view raw) {
  std::string name;
  bool space = false;
  for (std::size_t i = 0; i < raw.size();) {
    const Utf8Char c = DecodeUtf8(raw, i);
    i += c.size_bytes;
    const bool control =
        c.code <= ' ' || (c.code >= 0x7f && c.code <= 0xa0) || c.code == 0x2028 || c.code == 0x2029;
    if (control) {
      space = !name.empty();
      continue;
    }
    std::string text = space ? " " : "";
    AppendUtf8(c.code, &text);
    if (name.size() + text.size() > kMaxSellerNameBytes) break;
    name += text;
    space = false;
  }
  return name;
}

std::string SellerNameInText(std::string_view text) {
  bool label_alone = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (label_alone) {
      std::string name = CleanName(StripMarks(line));
      if (!name.empty()) return name;
      continue;
    }
    const std::optional<std::string_view> rest = AfterLabel(line);
    if (!rest.has_value()) continue;
    std::string name = CleanName(*rest);
    if (!name.empty()) return name;
    label_alone = true;
  }
  return "";
}

std::string StemOfPath(std::string_view path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  const std::size_t dot = path.find_last_of('.');
  if (dot != std::string_view::npos && dot != 0) path = path.substr(0, dot);
  return CleanName(path);
}

}  // namespace coinwake
