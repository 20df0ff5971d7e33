#include "reports/folder_name.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/strings/ascii.h"
#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"

namespace coinwake {
namespace {

constexpr std::size_t kMostBytes = 80;
constexpr std::size_t kHashDigits = 16;  // 64 bits: nobody finds a second name for them

bool IsLetterOrDigit(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }
bool IsSafe(char c) { return IsLetterOrDigit(c) || c == '.' || c == '_' || c == '-'; }

// CON, NUL, COM1 and their like, whatever follows a point.
bool IsKeptByWindows(std::string_view name) {
  const std::string word = absl::AsciiStrToLower(std::string(name.substr(0, name.find('.'))));
  if (word == "con" || word == "prn" || word == "aux" || word == "nul") return true;
  return word.size() == 4 && (word.starts_with("com") || word.starts_with("lpt")) &&
         absl::ascii_isdigit(static_cast<unsigned char>(word[3]));
}

bool EndsLikeAHash(std::string_view name) {
  if (name.size() <= kHashDigits) return false;
  const std::string_view end = name.substr(name.size() - kHashDigits);
  return name[name.size() - kHashDigits - 1] == '-' &&
         std::all_of(end.begin(), end.end(), [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c)) || (c >= 'a' && c <= 'f');
         });
}

bool IsItsOwnName(std::string_view label) {
  return !label.empty() && label.size() <= kMostBytes && IsLetterOrDigit(label.front()) &&
         IsLetterOrDigit(label.back()) && std::all_of(label.begin(), label.end(), IsSafe) &&
         !IsKeptByWindows(label) && !EndsLikeAHash(label);
}

}  // namespace

std::string FolderNameOf(std::string_view label) {
  if (IsItsOwnName(label)) return std::string(label);
  std::string name;
  for (const char c : label) {
    if (name.size() == kMostBytes - kHashDigits - 1) break;
    if (IsLetterOrDigit(c)) {
      name += c;
    } else if (!name.empty() && IsLetterOrDigit(name.back())) {
      name += IsSafe(c) ? c : '-';
    }
  }
  while (!name.empty() && !IsLetterOrDigit(name.back())) name.pop_back();
  if (name.empty()) name = "seller";
  const ByteSpan bytes(reinterpret_cast<const std::uint8_t*>(label.data()), label.size());
  return name + "-" + Sha256(bytes).ToHex().substr(0, kHashDigits);
}

}  // namespace coinwake
