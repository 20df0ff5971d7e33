// absl::Status with the macros Abseil 20220623 lacks. Which failure gets which code is in
// CONTRIBUTING.md; messages name the place and the remedy in one line.
#ifndef COINWAKE_INDEXER_BASE_STATUS_H_
#define COINWAKE_INDEXER_BASE_STATUS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define COINWAKE_STATUS_CONCAT_INNER(a, b) a##b
#define COINWAKE_STATUS_CONCAT(a, b) COINWAKE_STATUS_CONCAT_INNER(a, b)

// Returns from the calling function when `expression` is not OK.
#define COINWAKE_RETURN_IF_ERROR(expression)                                             \
  do {                                                                                   \
    if (absl::Status coinwake_status = (expression); !coinwake_status.ok()) [[unlikely]] \
      return coinwake_status;                                                            \
  } while (false)

// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot stand in parentheses.
// COINWAKE_ASSIGN_OR_RETURN(auto x, MakeX());
#define COINWAKE_ASSIGN_OR_RETURN(declaration, expression)                                    \
  COINWAKE_ASSIGN_OR_RETURN_IMPL(COINWAKE_STATUS_CONCAT(coinwake_or_, __LINE__), declaration, \
                                 expression)
#define COINWAKE_ASSIGN_OR_RETURN_IMPL(temporary, declaration, expression) \
  auto temporary = (expression);                                           \
  if (!temporary.ok()) [[unlikely]]                                        \
    return std::move(temporary).status();                                  \
  declaration = *std::move(temporary)
// NOLINTEND(bugprone-macro-parentheses)

#endif  // COINWAKE_INDEXER_BASE_STATUS_H_
