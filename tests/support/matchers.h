// Matchers for absl::Status and absl::StatusOr, which Abseil 20220623 lacks.
//
//   EXPECT_OK(writer->Append(rows));
//   ASSERT_OK_AND_ASSIGN(auto column, ColumnReader::Open(...));
//   EXPECT_THAT(store->Get("k"), IsOkAndHolds("v"));
//   EXPECT_THAT(Decode(bytes), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("magic")));
#ifndef COINWAKE_TESTS_SUPPORT_MATCHERS_H_
#define COINWAKE_TESTS_SUPPORT_MATCHERS_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "indexer/base/status.h"

namespace coinwake {

inline const absl::Status& GetStatus(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& GetStatus(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, "is OK") {
  *result_listener << GetStatus(arg).ToString();
  return GetStatus(arg).ok();
}

MATCHER_P(StatusIs, code, "has the given status code") {
  *result_listener << GetStatus(arg).ToString();
  return GetStatus(arg).code() == code;
}

MATCHER_P2(StatusIs, code, message, "has the given status code and a matching message") {
  const absl::Status& status = GetStatus(arg);
  *result_listener << status.ToString();
  return status.code() == code &&
         testing::ExplainMatchResult(message, std::string(status.message()), result_listener);
}

MATCHER_P(IsOkAndHolds, value, "is OK and holds a matching value") {
  if (!arg.ok()) {
    *result_listener << arg.status().ToString();
    return false;
  }
  return testing::ExplainMatchResult(value, *arg, result_listener);
}

}  // namespace coinwake

#define EXPECT_OK(expression) EXPECT_THAT(expression, ::coinwake::IsOk())
#define ASSERT_OK(expression) ASSERT_THAT(expression, ::coinwake::IsOk())

#define COINWAKE_TEST_CONCAT_INNER(a, b) a##b
#define COINWAKE_TEST_CONCAT(a, b) COINWAKE_TEST_CONCAT_INNER(a, b)
#define ASSERT_OK_AND_ASSIGN(declaration, expression) \
  ASSERT_OK_AND_ASSIGN_IMPL(COINWAKE_TEST_CONCAT(test_or_, __LINE__), declaration, expression)
#define ASSERT_OK_AND_ASSIGN_IMPL(temporary, declaration, expression) \
  auto temporary = (expression);                                      \
  ASSERT_THAT(temporary, ::coinwake::IsOk());                         \
  declaration = *std::move(temporary)

#endif  // COINWAKE_TESTS_SUPPORT_MATCHERS_H_
