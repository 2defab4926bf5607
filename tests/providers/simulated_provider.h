#pragma once
// What every provider simulator shares: a model of a provider as a function from request to response, without
// sockets and without a clock of its own. In simulation it is reached through SimulatedTransport, in virtual
// time; end to end and in benchmarks through ProviderServer, over HTTP. Both deliver the same answers, and
// the same faults.
//
// Written from the providers' specifications and independent of the engine's HTTP code, so that a
// misunderstanding is not shared by both sides of a test.
//
// Values of any thread; one provider belongs to the thread that calls respond().

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/runtime/clock.h"

namespace circuit::providers {

// Header fields in their order; names compare without case.
using Fields = std::vector<std::pair<std::string, std::string>>;

// The values of all fields of that name, joined by ", " (RFC 9110 section 5.3); nullopt where there is none.
std::optional<std::string> find_field(const Fields& fields, std::string_view name);
void set_field(Fields& fields, std::string_view name, std::string value);
void remove_field(Fields& fields, std::string_view name);
bool same_token(std::string_view a, std::string_view b); // ASCII, without case

struct SimRequest {
  std::string method = "GET";
  std::string host;         // lower case, without port
  std::string target = "/"; // path and query
  Fields fields;
  std::string body;

  std::string_view path() const;
  // The first query parameter of that name, percent-decoded.
  std::optional<std::string> query(std::string_view name) const;
};

// A body too large to be held whole, made as it is sent.
class BodyPieces {
 public:
  virtual ~BodyPieces() = default;
  virtual std::string next() = 0; // empty at the end
};

// How a response travels.
struct Delivery {
  enum class Break {
    kNone,
    kRefused, // no connection at all. A server that listens cannot refuse, and resets at once instead
    kReset,   // the request was taken, the connection is reset before a response
  };
  Break broken = Break::kNone;
  Duration delay{};                  // before the first byte
  uint64_t bytes_per_second = 0;     // 0: as fast as it goes
  std::optional<uint64_t> cut_after; // the connection ends after this many bytes of the body
};

struct SimResponse {
  int status = 200;
  Fields fields; // without Content-Length and Transfer-Encoding, which the carrier writes
  // One of the two, or neither. Also given in answer to HEAD: the carrier leaves it out and keeps its length.
  std::shared_ptr<const std::string> body;
  std::unique_ptr<BodyPieces> pieces;
  Delivery delivery;
};

SimResponse text_response(int status, std::string content_type, std::string body);

// Faults that only the provider can commit, because they are about what it says.
enum class ContentFault {
  kStale,        // an older version, with the validators it had then
  kRepeatedPage, // the page before, again
  kEmptyPage,    // a page without items
};

class SimulatedProvider {
 public:
  virtual ~SimulatedProvider() = default;
  // A fault that has no meaning here, or would make the provider lie about its own truth, is ignored.
  virtual SimResponse respond(const SimRequest& request, SystemTime now,
                              std::optional<ContentFault> fault) = 0;
};

} // namespace circuit::providers
