// The outer shape of protobuf messages, as spans of the bytes they came in.
//
// Tron hashes parts of its messages as received, so they are framed here without being parsed or
// written anew. What lies inside is read by the generated code of proto/tron, which no header of
// this folder shows.
#ifndef COINWAKE_INDEXER_TRON_WIRE_H_
#define COINWAKE_INDEXER_TRON_WIRE_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"
#include "indexer/base/status.h"

namespace coinwake::tron {

// Bytes, not text, in the form in which protobuf hands them over without a copy.
using ByteString = std::string;

inline ByteSpan SpanOf(std::string_view bytes) { return AsBytes(bytes.data(), bytes.size()); }

// A field that carries bytes: `bytes`, a string or a message, which look alike on the wire.
struct WireField {
  std::uint32_t number = 0;
  std::size_t offset = 0;  // of the first of `bytes` in the message
  ByteSpan bytes;
};

// The fields of `message` that carry bytes, in the order they stand; numbers and the like are
// passed over. The spans live as long as the message. kInvalidArgument names the byte where the
// message breaks off or is none; `fields` then has those before. It is cleared first and keeps its
// capacity.
absl::Status ReadFields(ByteSpan message, std::vector<WireField>* fields);

// Takes the first field off `message`, which is not empty, and gives what it carries: nullopt where
// that is a number or the like. False, and nothing is taken, where no whole field begins.
bool TakeField(ByteSpan* message, std::optional<ByteSpan>* bytes);

// As ReadFields, one after the other to `visit`, whose error ends it and is returned.
absl::Status VisitFields(ByteSpan message, absl::FunctionRef<absl::Status(const WireField&)> visit);
// How many of them are numbered as one of `numbers`, all if that is empty. Those before it breaks
// off count.
std::size_t CountFields(ByteSpan message, std::initializer_list<std::uint32_t> numbers = {});

// kInvalidArgument, naming `what`, unless `bytes` are 32.
absl::Status SetHash(const ByteString& bytes, const char* what, Hash256* hash);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_WIRE_H_
