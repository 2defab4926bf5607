#pragma once
// The body of a simulated response on its way to the client: at its speed, up to where it breaks. Private to
// this folder. Belongs to one loop.

#include <memory>
#include <string>

#include "ingest/http/message.h"
#include "tests/providers/simulated_provider.h"

namespace circuit::providers {

struct BodyLimits {
  std::string url; // for errors
  uint64_t max_bytes = 0;
  Duration idle_timeout{};
  SteadyTime deadline;        // of the whole
  bool head = false;          // no body comes
  bool status_counts = false; // an answer of 400 and above: what cannot be decoded is left out
};

class SimulatedBody final : public http::BodyStream {
 public:
  // `hold` is kept as long as this lives. `response` is what is left of it without its fields.
  SimulatedBody(Clock& clock, std::shared_ptr<void> hold, const SimResponse& response,
                std::unique_ptr<BodyPieces> pieces, bool gzipped, BodyLimits limits);

  Task<Result<std::string>> read() override;
  uint64_t wire_bytes() const { return wire_bytes_; }

 private:
  Task<Result<void>> travel(uint64_t bytes);
  Result<std::string> whole_piece();
  Error truncated() const;

  Clock& clock_;
  std::shared_ptr<void> hold_;
  std::shared_ptr<const std::string> body_;
  std::unique_ptr<BodyPieces> pieces_;
  Delivery delivery_;
  bool gzipped_;
  BodyLimits limits_;
  uint64_t wire_bytes_ = 0;
  uint64_t read_bytes_ = 0;
  bool ended_ = false;
  bool cut_ = false;
  bool coding_cut_ = false; // all bytes came, and no end of the coding
};

} // namespace circuit::providers
