// std::mutex behind clang's thread-safety annotations.
//
// Debian's Abseil is not built for ThreadSanitizer, so absl::Mutex is reported as a race; a
// std::mutex is not, and with these annotations clang rejects an unguarded access at compile time.
#ifndef COINWAKE_INDEXER_BASE_SYNC_H_
#define COINWAKE_INDEXER_BASE_SYNC_H_

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define COINWAKE_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define COINWAKE_THREAD_ANNOTATION(x)
#endif
#define COINWAKE_GUARDED_BY(m) COINWAKE_THREAD_ANNOTATION(guarded_by(m))
#define COINWAKE_REQUIRES(...) COINWAKE_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))

namespace coinwake {

class COINWAKE_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() COINWAKE_THREAD_ANNOTATION(acquire_capability()) { mutex_.lock(); }
  void Unlock() COINWAKE_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }

  // Waits on `condition` with this mutex held; it is held again on return. May wake without cause.
  void Wait(std::condition_variable& condition) COINWAKE_REQUIRES(this) {
    std::unique_lock<std::mutex> lock(mutex_, std::adopt_lock);
    condition.wait(lock);
    lock.release();
  }

 private:
  std::mutex mutex_;
};

class COINWAKE_THREAD_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) COINWAKE_THREAD_ANNOTATION(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() COINWAKE_THREAD_ANNOTATION(release_capability()) { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_BASE_SYNC_H_
