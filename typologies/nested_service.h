// Nested service, or mule: many pay the subject, which passes all of it on to one service.
#ifndef COINWAKE_TYPOLOGIES_NESTED_SERVICE_H_
#define COINWAKE_TYPOLOGIES_NESTED_SERVICE_H_

#include <cstdint>
#include <vector>

#include "typologies/pass_through.h"

namespace coinwake {

struct NestedServiceParameters {
  std::uint32_t least_payers = 10;
  PassThroughParameters passage;  // its lifetime does not count: such a business goes on
};

// One finding or none, as FindPassThrough(), where so many nodes pay the subject and it pays one
// node alone, a service. The subject is none itself: an exchange's own deposit account is no nested
// service. Amount: paid. Needs the subject's flows alone. O(flows log flows).
std::vector<Finding> FindNestedService(const FlowGraph& graph,
                                       const NestedServiceParameters& parameters,
                                       StepBudget& steps);

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_NESTED_SERVICE_H_
