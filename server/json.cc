#include "server/json.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include "indexer/base/check.h"

namespace coinwake::server {

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string json;
  // Our messages hold no Any and no Struct, so that printing cannot fail.
  COINWAKE_CHECK(google::protobuf::util::MessageToJsonString(message, &json, options).ok());
  return json;
}

}  // namespace coinwake::server
