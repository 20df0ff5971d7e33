#include "indexer/tron/wire.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"

namespace coinwake::tron {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

absl::Status Bad(int offset, const char* what) {
  return absl::InvalidArgumentError(absl::StrCat("byte ", offset, ": ", what));
}

}  // namespace

bool TakeField(ByteSpan* message, std::optional<ByteSpan>* bytes) {
  if (message->size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return false;
  const int size = static_cast<int>(message->size());
  CodedInputStream in(message->data(), size);
  const std::uint32_t tag = in.ReadTag();
  if (WireFormatLite::GetTagFieldNumber(tag) == 0) return false;
  bytes->reset();
  if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
    if (!WireFormatLite::SkipField(&in, tag)) return false;
  } else {
    int length = 0;
    if (!in.ReadVarintSizeAsInt(&length) || length > size - in.CurrentPosition()) return false;
    *bytes = message->subspan(static_cast<std::size_t>(in.CurrentPosition()),
                              static_cast<std::size_t>(length));
    in.Skip(length);
  }
  *message = message->subspan(static_cast<std::size_t>(in.CurrentPosition()));
  return true;
}

absl::Status VisitFields(ByteSpan message,
                         absl::FunctionRef<absl::Status(const WireField&)> visit) {
  if (message.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    return Bad(0, "a message longer than protobuf has");
  }
  const int size = static_cast<int>(message.size());
  CodedInputStream in(message.data(), size);
  while (in.CurrentPosition() < size) {
    const int at = in.CurrentPosition();
    const std::uint32_t tag = in.ReadTag();
    const int number = WireFormatLite::GetTagFieldNumber(tag);
    if (number == 0) return Bad(at, "no field of a protobuf message begins here");
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      if (!WireFormatLite::SkipField(&in, tag)) return Bad(at, "a field breaks off");
      continue;
    }
    int length = 0;
    if (!in.ReadVarintSizeAsInt(&length) || length > size - in.CurrentPosition()) {
      return Bad(at, "a field is longer than what is there");
    }
    const auto begin = static_cast<std::size_t>(in.CurrentPosition());
    COINWAKE_RETURN_IF_ERROR(visit({static_cast<std::uint32_t>(number), begin,
                                    message.subspan(begin, static_cast<std::size_t>(length))}));
    in.Skip(length);
  }
  return absl::OkStatus();
}

absl::Status ReadFields(ByteSpan message, std::vector<WireField>* fields) {
  fields->clear();
  return VisitFields(message, [fields](const WireField& field) {
    fields->push_back(field);
    return absl::OkStatus();
  });
}

std::size_t CountFields(ByteSpan message, std::initializer_list<std::uint32_t> numbers) {
  std::size_t count = 0;
  (void)VisitFields(message, [&](const WireField& field) {
    const bool counts = numbers.size() == 0 ||
                        std::find(numbers.begin(), numbers.end(), field.number) != numbers.end();
    if (counts) ++count;
    return absl::OkStatus();
  });
  return count;
}

absl::Status SetHash(const std::string& bytes, const char* what, Hash256* hash) {
  if (bytes.size() != hash->bytes.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, " has ", bytes.size(), " bytes instead of 32"));
  }
  std::copy(bytes.begin(), bytes.end(), hash->bytes.begin());
  return absl::OkStatus();
}

}  // namespace coinwake::tron
