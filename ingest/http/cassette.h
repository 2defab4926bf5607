#pragma once
// Exchanges on file: recorded once, replayed in tests and for whoever looks into a misbehaving provider. One
// JSON object a line: {"request": {"method", "url", "headers", "body_sha256"}, "response": {"status", "url",
// "headers", "body" or "body_base64"}}. A URL or a header's value that is not UTF-8 is {"base64": "..."}.
//
// What could be a credential is not written: of the headers only those of an allow-list, URLs as they would
// be logged, request bodies as a hash, and exchanges of form posts (which is how OAuth tokens travel) not at
// all.

#include <deque>
#include <fstream>
#include <map>
#include <string>

#include "ingest/http/transport.h"

namespace circuit::http {

class CassetteRecorder final : public HttpTransport {
 public:
  // Writes over what is there. EXHAUSTED CASSETTE_UNWRITABLE.
  static Result<std::unique_ptr<CassetteRecorder>> create(HttpTransport& next, const std::string& path);

  // A streamed body is read to its end, recorded, and then served from memory.
  Task<Result<Response>> send(SharedRequest request) override;

 private:
  CassetteRecorder(HttpTransport& next, std::ofstream out) : next_(next), out_(std::move(out)) {}

  HttpTransport& next_;
  std::ofstream out_;
};

// The same requests give the same responses, in the order in which they were recorded; the last one of a
// request is repeated. INVALID CASSETTE_MISS for what was never asked.
class CassettePlayer final : public HttpTransport {
 public:
  // NOT_FOUND CASSETTE_MISSING, CORRUPT CASSETTE_UNREADABLE (with the line).
  static Result<std::unique_ptr<CassettePlayer>> open(const std::string& path);

  Task<Result<Response>> send(SharedRequest request) override;

 private:
  CassettePlayer() = default;

  std::map<std::string, std::deque<Response>> responses_; // by cassette key
};

} // namespace circuit::http
