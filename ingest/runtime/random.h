#pragma once
// The Random seam: jitter, ids, nonces. The real one is OpenSSL's generator; the seeded one replays.
// SystemRandom is safe from any thread; SeededRandom belongs to one.

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>

namespace circuit {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> out) = 0;

  uint64_t next();
  // Uniform in [0, bound); bound > 0.
  uint64_t below(uint64_t bound);
  // Uniform in [0, 1).
  double uniform();
  bool chance(double probability) { return uniform() < probability; }
  // 26 lower-case letters and digits, 130 random bits.
  std::string id();
};

class SystemRandom final : public Random {
 public:
  ~SystemRandom() override;
  // Stops the program when the operating system gives no randomness: nothing secure can follow.
  void fill(std::span<std::byte> out) override;

 private:
  // A call of the generator costs as much for one byte as for hundreds. What is as long as a key never lies
  // here, and what is given out is wiped.
  static constexpr size_t kKeyBytes = 32;
  std::mutex mutex_;
  std::array<std::byte, 512> ahead_;
  size_t left_ = 0; // bytes of `ahead_`, at its end, that nobody has had
};

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed) {}
  void fill(std::span<std::byte> out) override;

 private:
  uint64_t state_;
};

} // namespace circuit
