// From a screening's findings to its message. Only screening_answers.cc includes this.
#ifndef COINWAKE_SERVER_SCREENING_WIRE_H_
#define COINWAKE_SERVER_SCREENING_WIRE_H_

#include <functional>
#include <string>
#include <vector>

#include "indexer/base/status.h"
#include "screening/screening.h"
#include "server/screening_facts.h"
#include "server/screening_parties.h"

namespace coinwake::v1 {
class ScreeningResult;
}

namespace coinwake::server {

// What the message is made of.
struct ScreenedSubject {
  const RuleSet& rules;
  const std::string& name;
  const ScreeningFindings& findings;
  const std::vector<ScreenAlert>& alerts;
  const SaidWith& own;  // empty where the subject is no address, likewise the next one
  const SaidWith& cluster;
  const ScreeningParties& parties;
  std::function<std::string(AddressNum)> name_of;
  std::function<std::string(TxNum)> txid_of;
  // RouteBetween() the subject and a contact.
  std::function<absl::StatusOr<std::vector<TxNum>>(const ScreenContact&)> route_to;
};

// Fills score, alerts, evidence and exposure. Errors are those of `route_to`.
absl::Status FillScreening(const ScreenedSubject& subject, v1::ScreeningResult* answer);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_SCREENING_WIRE_H_
