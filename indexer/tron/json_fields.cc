#include "indexer/tron/json_fields.h"

#include <charconv>
#include <limits>

#include "absl/strings/str_cat.h"
#include "indexer/base/base58.h"
#include "indexer/base/hex.h"

namespace coinwake::tron {
namespace {

template <typename Bytes>
ByteString ToByteString(const Bytes& bytes) {
  return ByteString(bytes.begin(), bytes.end());
}

}  // namespace

std::optional<ByteString> BytesOfHex(std::string_view text) {
  const auto bytes = HexDecode(text);
  if (!bytes.has_value()) return std::nullopt;
  return ToByteString(*bytes);
}

const Json* JsonFields::Find(const char* name) const {
  const auto found = object_.find(name);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

const std::string* JsonFields::FindText(const char* name) const {
  const Json* const value = Find(name);
  if (value == nullptr) return nullptr;
  const auto* const text = value->get_ptr<const std::string*>();
  if (text == nullptr) Fail(name, "is no text");
  return text;
}

void JsonFields::Fail(const std::string& name, const char* what) const {
  if (error_.ok()) error_ = absl::InvalidArgumentError(absl::StrCat(name, " ", what));
}

std::int64_t JsonFields::Int64(const char* name) const {
  const Json* const value = Find(name);
  if (value == nullptr) return 0;
  // Asked first: an unsigned number counts as an integer as well.
  if (const auto* number = value->get_ptr<const Json::number_unsigned_t*>(); number != nullptr) {
    if (*number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return static_cast<std::int64_t>(*number);
    }
  } else if (const auto* signed_number = value->get_ptr<const Json::number_integer_t*>();
             signed_number != nullptr) {
    return *signed_number;
  } else if (const auto* text = value->get_ptr<const std::string*>(); text != nullptr) {
    std::int64_t parsed = 0;
    const char* const end = text->data() + text->size();
    const auto result = std::from_chars(text->data(), end, parsed);
    if (result.ec == std::errc() && result.ptr == end && !text->empty()) return parsed;
  }
  Fail(name, "is no whole number of 64 bits");
  return 0;
}

std::int32_t JsonFields::Int32(const char* name) const {
  const std::int64_t number = Int64(name);
  if (number < std::numeric_limits<std::int32_t>::min() ||
      number > std::numeric_limits<std::int32_t>::max()) {
    Fail(name, "is no whole number of 32 bits");
    return 0;
  }
  return static_cast<std::int32_t>(number);
}

bool JsonFields::Bool(const char* name) const {
  const Json* const value = Find(name);
  if (value == nullptr) return false;
  const auto* const truth = value->get_ptr<const bool*>();
  if (truth == nullptr) Fail(name, "is neither true nor false");
  return truth != nullptr && *truth;
}

ByteString JsonFields::Text(const char* name) const {
  const std::string* const text = FindText(name);
  return text == nullptr ? ByteString() : *text;
}

ByteString JsonFields::Bytes(const char* name) const {
  const std::string* const text = FindText(name);
  if (text == nullptr) return {};
  auto bytes = BytesOfHex(*text);
  if (!bytes.has_value()) Fail(name, "is no hex");
  return std::move(bytes).value_or(ByteString());
}

ByteString JsonFields::AddressBytes(const char* name) const {
  const std::string* const text = FindText(name);
  if (text == nullptr) return {};
  if (auto bytes = BytesOfHex(*text); bytes.has_value()) return *std::move(bytes);
  const Base58Decoded decoded = DecodeBase58Check(*text);
  if (decoded.error != Base58Error::kNone) Fail(name, "is no address, in hex or base58");
  return ToByteString(decoded.payload);
}

ByteString JsonFields::BytesOrText(const char* name) const {
  const std::string* const text = FindText(name);
  if (text == nullptr) return {};
  return BytesOfHex(*text).value_or(*text);
}

const Json* JsonFields::Object(const char* name) const {
  const Json* const value = Find(name);
  if (value == nullptr) return nullptr;
  if (value->is_object()) return value;
  Fail(name, "is no object");
  return nullptr;
}

const Json& JsonFields::Array(const char* name) const {
  static const Json empty = Json::array();
  const Json* const value = Find(name);
  if (value == nullptr) return empty;
  if (value->is_array()) return *value;
  Fail(name, "is no array");
  return empty;
}

}  // namespace coinwake::tron
