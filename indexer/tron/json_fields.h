// Fields of a JSON object as java-tron's HTTP API writes them. Internal to json.cc.
#ifndef COINWAKE_INDEXER_TRON_JSON_FIELDS_H_
#define COINWAKE_INDEXER_TRON_JSON_FIELDS_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "indexer/base/status.h"
#include "indexer/tron/wire.h"

namespace coinwake::tron {

using Json = nlohmann::json;

// Reads fields by name. An absent field is the default; the first one that cannot be read is kept
// in `error`, and the default returned. Both arguments are borrowed.
class JsonFields {
 public:
  JsonFields(const Json& object, absl::Status* error) : object_(object), error_(*error) {}

  bool Has(const char* name) const { return Find(name) != nullptr; }

  std::int64_t Int64(const char* name) const;
  std::int32_t Int32(const char* name) const;
  bool Bool(const char* name) const;
  ByteString Text(const char* name) const;
  ByteString Bytes(const char* name) const;  // hex
  // Hex, or base58check. Which of the two is plain: no address in base58 is all hex digits.
  ByteString AddressBytes(const char* name) const;
  // Hex, or with `visible` the text itself: hex where it can be read as such.
  ByteString BytesOrText(const char* name) const;
  // A name that `parse` knows, or a number.
  template <typename Parse>
  std::int32_t Enum(const char* name, Parse parse) const {
    const Json* const value = Find(name);
    if (value == nullptr) return 0;
    if (const auto* text = value->get_ptr<const std::string*>(); text != nullptr) {
      const auto number = parse(std::string_view(*text));
      if (number.has_value()) return static_cast<std::int32_t>(*number);
      Fail(name, "is no name that is known");
      return 0;
    }
    return Int32(name);
  }
  // nullptr: absent, or not an object.
  const Json* Object(const char* name) const;
  // Never null: an empty array stands for an absent one.
  const Json& Array(const char* name) const;

  // Says that `name` is wrong.
  void Fail(const std::string& name, const char* what) const;

  absl::Status* error() const { return &error_; }

 private:
  const Json* Find(const char* name) const;
  const std::string* FindText(const char* name) const;

  const Json& object_;
  absl::Status& error_;
};

// `text` as hex; nullopt when it is none.
std::optional<ByteString> BytesOfHex(std::string_view text);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_JSON_FIELDS_H_
