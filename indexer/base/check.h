// CHECK aborts on a caller's bug inside our own code; DCHECK guards costly invariants in debug,
// sanitizer and fuzz builds (those that do not define NDEBUG). Never use either on bytes from
// outside.
#ifndef COINWAKE_INDEXER_BASE_CHECK_H_
#define COINWAKE_INDEXER_BASE_CHECK_H_

#include <cstdio>
#include <cstdlib>

namespace coinwake::internal {

[[noreturn]] inline void CheckFailed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "coinwake: internal error at %s:%d: CHECK(%s)\n", file, line, condition);
  std::abort();
}

}  // namespace coinwake::internal

#define COINWAKE_CHECK(condition)                                        \
  do {                                                                   \
    if (!(condition)) [[unlikely]]                                       \
      ::coinwake::internal::CheckFailed(__FILE__, __LINE__, #condition); \
  } while (false)

#ifdef NDEBUG
#define COINWAKE_DCHECK(condition) \
  do {                             \
  } while (false && (condition))
#else
#define COINWAKE_DCHECK(condition) COINWAKE_CHECK(condition)
#endif

#endif  // COINWAKE_INDEXER_BASE_CHECK_H_
