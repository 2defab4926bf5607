// Tells ThreadSanitizer what orders gRPC's threads and ours. The packaged gRPC and Abseil are not built with
// it: their locks are made of atomics and futexes that it does not see, so that every hand-over through them
// looks like a race.
//
// The functions here stand before the libraries' own, in programs built with -fsanitize=thread alone; each
// calls the one behind it, and says "what was done so far by whoever gave is seen by whoever takes". Nothing
// is ordered that gRPC does not order, but for one thing: what is given with any operation is taken by
// whoever completes any other. A race is missed only where its first half came before such an operation, and
// its second half in a callback after it.
//
// Compiled without the sanitizer and, for two counters, without access control. Written against gRPC 1.51.

#include <absl/synchronization/mutex.h>
#include <dlfcn.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc.h>
#include <grpcpp/alarm.h>
#include <grpcpp/support/server_callback.h>

#include <thread>
#include <utility>

extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
// Asked for when a program starts; TSAN_OPTIONS comes after.
const char* __tsan_default_options();
const char* __tsan_default_options() { return "suppressions=" CIRCUIT_SUPPRESSIONS; }
}

namespace {

// The library's function of that (mangled) name, as the type of a plain function.
template <class F>
F behind(const char* name) {
  return reinterpret_cast<F>(dlsym(RTLD_NEXT, name));
}

char operations; // stands for all that is given to gRPC

} // namespace

namespace absl {
inline namespace debian3 {

void Mutex::Lock() {
  static const auto lock = behind<void (*)(Mutex*)>("_ZN4absl7debian35Mutex4LockEv");
  lock(this);
  __tsan_acquire(this);
}

void Mutex::Unlock() {
  static const auto unlock = behind<void (*)(Mutex*)>("_ZN4absl7debian35Mutex6UnlockEv");
  __tsan_release(this);
  unlock(this);
}

void Mutex::ReaderLock() {
  static const auto lock = behind<void (*)(Mutex*)>("_ZN4absl7debian35Mutex10ReaderLockEv");
  lock(this);
  __tsan_acquire(this);
}

void Mutex::ReaderUnlock() {
  static const auto unlock = behind<void (*)(Mutex*)>("_ZN4absl7debian35Mutex12ReaderUnlockEv");
  __tsan_release(this);
  unlock(this);
}

bool Mutex::TryLock() {
  static const auto try_lock = behind<bool (*)(Mutex*)>("_ZN4absl7debian35Mutex7TryLockEv");
  const bool locked = try_lock(this);
  if (locked) __tsan_acquire(this);
  return locked;
}

void CondVar::Wait(Mutex* mutex) {
  static const auto wait = behind<void (*)(CondVar*, Mutex*)>("_ZN4absl7debian37CondVar4WaitEPNS0_5MutexE");
  __tsan_release(mutex);
  wait(this, mutex);
  __tsan_acquire(mutex);
}

bool CondVar::WaitWithTimeout(Mutex* mutex, Duration timeout) {
  static const auto wait = behind<bool (*)(CondVar*, Mutex*, Duration)>(
      "_ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE");
  __tsan_release(mutex);
  const bool late = wait(this, mutex, timeout);
  __tsan_acquire(mutex);
  return late;
}

bool CondVar::WaitWithDeadline(Mutex* mutex, Time deadline) {
  static const auto wait = behind<bool (*)(CondVar*, Mutex*, Time)>(
      "_ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
  __tsan_release(mutex);
  const bool late = wait(this, mutex, deadline);
  __tsan_acquire(mutex);
  return late;
}

} // namespace debian3
} // namespace absl

extern "C" {

grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* ops, size_t count, void* tag,
                                      void* reserved) {
  static const auto start = behind<decltype(&grpc_call_start_batch)>("grpc_call_start_batch");
  __tsan_release(&operations);
  return start(call, ops, count, tag, reserved);
}

// gRPC++ lets go of the call when a batch has ended, before it tells us.
void grpc_call_unref(grpc_call* call) {
  static const auto unref = behind<decltype(&grpc_call_unref)>("grpc_call_unref");
  __tsan_acquire(&operations);
  unref(call);
}

// Before a message is parsed into an object of ours.
int grpc_byte_buffer_reader_init(grpc_byte_buffer_reader* reader, grpc_byte_buffer* buffer) {
  static const auto init = behind<decltype(&grpc_byte_buffer_reader_init)>("grpc_byte_buffer_reader_init");
  __tsan_acquire(&operations);
  return init(reader, buffer);
}

} // extern "C"

namespace grpc {

void Alarm::SetInternal(gpr_timespec at, std::function<void(bool)> callback) {
  static const auto set = behind<void (*)(Alarm*, gpr_timespec, std::function<void(bool)>)>(
      "_ZN4grpc5Alarm11SetInternalE12gpr_timespecSt8functionIFvbEE");
  __tsan_release(&operations);
  set(this, at, [callback = std::move(callback)](bool ok) {
    __tsan_acquire(&operations);
    callback(ok);
  });
}

namespace internal {

// Whoever counts down to zero has seen what all others did before they counted.
void ServerCallbackCall::ScheduleOnDone(bool inline_ondone) {
  static const auto schedule =
      behind<void (*)(ServerCallbackCall*, bool)>("_ZN4grpc8internal18ServerCallbackCall14ScheduleOnDoneEb");
  __tsan_acquire(&callbacks_outstanding_);
  schedule(this, inline_ondone);
}

// The library counts down itself after OnCancel(), where nothing of ours can stand in between: so it is
// called here, on a thread of its own as there.
void ServerCallbackCall::CallOnCancel(ServerReactor* reactor) {
  __tsan_acquire(&on_cancel_conditions_remaining_);
  if (reactor->InternalInlineable()) return reactor->OnCancel();
  Ref();
  std::thread([this, reactor] {
    reactor->OnCancel();
    __tsan_release(&callbacks_outstanding_);
    MaybeDone(true);
  }).detach();
}

} // namespace internal
} // namespace grpc
