#pragma once
// One unary RPC: hands the request to a Control's method on the loop, and its answer back to gRPC.

#include <grpcpp/support/server_callback.h>

#include <memory>
#include <utility>

#include "ingest/accounts/confidential.h"
#include "ingest/api/calls.h"
#include "ingest/api/control.h"
#include "ingest/api/status.h"

namespace circuit::api {

// What the services share. Any thread.
struct Desk {
  Control& control; // on the loop
  std::shared_ptr<Calls> calls;
};

// Deletes itself when gRPC is done with it, which is after Finish().
class UnaryReactor final : public grpc::ServerUnaryReactor {
 public:
  explicit UnaryReactor(std::shared_ptr<Calls> calls) : calls_(std::move(calls)) {}
  // Before it is given to gRPC.
  void open(Calls::Work work) {
    id_ = calls_->open(Calls::Kind::kUnary, std::move(work),
                       [this](grpc::Status status) { Finish(std::move(status)); });
  }

 private:
  void OnCancel() override { calls_->cancel(id_); }
  void OnDone() override { delete this; }

  std::shared_ptr<Calls> calls_;
  Calls::Id id_ = 0;
};

template <class Request, class Response>
using Operation = Answer<Response> (Control::*)(Request);

template <class Request, class Response>
Task<grpc::Status> answer(const Desk* desk, Operation<Request, Response> operation, Request request,
                          Response* response) {
  Answer<Response> asked = (desk->control.*operation)(std::move(request));
  Result<Response> result = co_await std::move(asked);
  if (!result) co_return to_status(result.error(), desk->calls->loop().clock().now());
  *response = std::move(*result);
  co_return grpc::Status();
}

// `response` is gRPC's, and lives until the call is finished.
template <class Request, class Response>
grpc::ServerUnaryReactor* serve_unary(const Desk& desk, const Request* request, Response* response,
                                      Operation<Request, Response> operation) {
  auto* reactor = new UnaryReactor(desk.calls);
  reactor->open([desk = &desk, operation, request = *request, response] {
    return answer<Request, Response>(desk, operation, request, response);
  });
  return reactor;
}

// A request that carries secrets: taken out of gRPC's message, which is left empty, and wiped when it has
// served. What gRPC read it from is out of reach.
template <class Request, class Response>
grpc::ServerUnaryReactor* serve_confidential(const Desk& desk, const Request* request, Response* response,
                                             Operation<Request, Response> operation) {
  const auto taken = std::shared_ptr<Request>(new Request, [](Request* kept) {
    accounts::wipe_secrets(*kept);
    delete kept;
  });
  taken->Swap(
      const_cast<Request*>(request)); // gRPC made it for this call alone, and does not look at it again
  auto* reactor = new UnaryReactor(desk.calls);
  reactor->open([desk = &desk, operation, taken, response] {
    return answer<Request, Response>(desk, operation, std::move(*taken), response);
  });
  return reactor;
}

} // namespace circuit::api
