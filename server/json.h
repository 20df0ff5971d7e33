// The JSON form of messages, as every --json answer and the server's JSON form print it.
#ifndef COINWAKE_SERVER_JSON_H_
#define COINWAKE_SERVER_JSON_H_

#include <string>

namespace google::protobuf {
class Message;
}

namespace coinwake::server {

// proto3 JSON on one line without a line break: fields named as in the .proto; 0, "", false and
// empty lists printed; unset optional fields and messages absent; 64-bit integers as strings.
std::string ToJson(const google::protobuf::Message& message);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_JSON_H_
