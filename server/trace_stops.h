// Where a trace stops: at the addresses its request names, and at the services of the network
// (server/known_services.h), the former before the latter.
#ifndef COINWAKE_SERVER_TRACE_STOPS_H_
#define COINWAKE_SERVER_TRACE_STOPS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/view/chain_view.h"
#include "server/known_services.h"
#include "server/trace_warnings.h"
#include "server/trace_words.h"
#include "tracer/account_trace.h"
#include "tracer/trace.h"

namespace coinwake::v1 {
class TraceRequest;
}

namespace coinwake::server {

// Immutable, thread-safe.
class TraceStops final : public AddressStops, public AccountStops {
 public:
  std::optional<Stop> StopAt(AddressNum address) const override;
  std::optional<Stop> StopAt(std::uint32_t account) const override;
  const std::string& EntityName(std::uint32_t entity) const { return entities_[entity]; }
  // Of an address that stops: the category that its label names; empty where none does, and where
  // the request names the address.
  std::string CategoryOf(AddressNum address) const;

 private:
  friend class StopsMaker;

  absl::flat_hash_map<std::uint64_t, std::uint32_t> named_;  // AddressNum to entity
  StopKinds kinds_;
  std::shared_ptr<const KnownServices> services_;  // may be null
  std::vector<std::uint32_t> entity_of_;           // of an entity of services_
  std::vector<std::string> entities_;              // of both, in byte order
};

// What the stops of a request depend on.
struct StopContext {
  struct Subject {
    std::string name;                   // as answers write it
    std::optional<AddressNum> address;  // nullopt: never seen
  };

  const ChainView& view;
  // The address that a text of the request names. kInvalidArgument: none.
  std::function<absl::StatusOr<Subject>(const std::string&)> find;
  std::function<bool(AddressNum)> is_seed;
  ServiceSource* services = nullptr;  // null: only what the request names stops
  const Cancellation* cancellation = nullptr;
};

// Null where nothing stops. Adds to `warnings`, about all labels: which of the named stops do
// nothing, how many labelled addresses and services stop, and where labels name several entities.
// kInvalidArgument: a field is malformed, an address is to stop as two entities. Else as
// ServiceSource::Get().
absl::StatusOr<std::shared_ptr<const TraceStops>> MakeTraceStops(
    const v1::TraceRequest& request, const StopContext& context,
    std::vector<TraceWarning>* warnings);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_TRACE_STOPS_H_
