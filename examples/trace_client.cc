// Asks a running `coinwake serve` where a seller's money went, and prints each event as one line of
// JSON: the same lines as `coinwake trace --json`.
//
//   trace_client HOST:PORT NETWORK POLICY SEEDS_FILE [ASSET [STOPS_FILE]]
//
// SEEDS_FILE holds what `coinwake seeds extract --json` printed. ASSET is needed on Tron;
// STOPS_FILE lists services as CSV, address,entity.

#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>

#include "coinwake/v1/seeds.pb.h"
#include "coinwake/v1/tracer.grpc.pb.h"

namespace {

constexpr auto kDeadline = std::chrono::minutes(1);

google::protobuf::util::JsonPrintOptions JsonOptions() {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  return options;
}

// Adds the seeds of every seller on `network`; false when the file is no list of sellers.
bool ReadSeeds(const char* path, const std::string& network, coinwake::v1::TraceRequest* request) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    coinwake::v1::Seller seller;
    if (!google::protobuf::util::JsonStringToMessage(line, &seller).ok()) return false;
    for (const coinwake::v1::SellerSeed& from : seller.seeds()) {
      if (from.network() != network) continue;
      coinwake::v1::TraceSeed* seed = request->add_seeds();
      seed->set_address(from.address());
      seed->set_label(seller.seller());
    }
  }
  return file.eof();
}

// Adds the services of a CSV file; false when it cannot be read.
bool ReadStops(const char* path, coinwake::v1::TraceRequest* request) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    const std::size_t comma = line.find(',');
    if (comma == std::string::npos) return false;
    coinwake::v1::TraceStop* stop = request->add_stops();
    stop->set_address(line.substr(0, comma));
    stop->set_entity(line.substr(comma + 1));
  }
  return file.eof();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5 || argc > 7) {
    std::fprintf(stderr,
                 "usage: trace_client HOST:PORT NETWORK POLICY SEEDS_FILE [ASSET [STOPS_FILE]]\n");
    return 2;
  }
  coinwake::v1::TraceRequest request;
  request.set_network(argv[2]);
  request.set_policy(argv[3]);
  if (!ReadSeeds(argv[4], argv[2], &request)) {
    std::fprintf(stderr, "trace_client: %s: not a list of sellers\n", argv[4]);
    return 1;
  }
  if (argc > 5) request.set_asset(argv[5]);
  if (argc > 6 && !ReadStops(argv[6], &request)) {
    std::fprintf(stderr, "trace_client: %s: not a list of address,entity\n", argv[6]);
    return 1;
  }
  const auto channel = grpc::CreateChannel(argv[1], grpc::InsecureChannelCredentials());
  const auto tracer = coinwake::v1::Tracer::NewStub(channel);
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  const auto stream = tracer->Trace(&context, request);
  coinwake::v1::TraceEvent event;
  while (stream->Read(&event)) {
    std::string line;
    if (!google::protobuf::util::MessageToJsonString(event, &line, JsonOptions()).ok()) return 1;
    std::printf("%s\n", line.c_str());
  }
  const grpc::Status status = stream->Finish();
  if (!status.ok()) {
    std::fprintf(stderr, "trace_client: %s\n", status.error_message().c_str());
    return 1;
  }
  return 0;
}
