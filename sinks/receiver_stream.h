#pragma once
// One worker's Deliver stream at the receiver. It lives from the call's start until gRPC's OnDone; batches
// that are being applied keep it alive a little longer.
//
// gRPC calls it from its threads, the applier from its own.

#include <grpcpp/support/server_callback.h>

#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "circuit/feeds/v1/sink.pb.h"
#include "sinks/receiver.h"
#include "sinks/receiver_applier.h"
#include "sinks/receiver_content.h"

namespace circuit::sinks {

class ReceiverStream final : public grpc::ServerBidiReactor<circuit::feeds::v1::DeliverRequest,
                                                            circuit::feeds::v1::DeliverResponse> {
 public:
  // Grants credit and begins to read.
  static ReceiverStream* start(ReceiverApplier& applier, ReceiverContent& content,
                               const ReceiverOptions& options);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone() override;

 private:
  ReceiverStream(ReceiverApplier& applier, ReceiverContent& content, const ReceiverOptions& options)
      : applier_(applier), content_(content), options_(options) {}

  void take(circuit::feeds::v1::Batch batch);
  void take(circuit::feeds::v1::ContentChunk piece);
  bool count_piece(const circuit::feeds::v1::ContentChunk& piece, int64_t& outstanding, bool& violation);
  void answer(circuit::feeds::v1::DeliverResponse response);
  bool is_idle() const;
  void acknowledge(circuit::feeds::v1::Ack ack, int64_t bytes);
  void send(circuit::feeds::v1::DeliverResponse response);
  void write_next();
  void end(grpc::Status status);

  ReceiverApplier& applier_;
  ReceiverContent& content_;
  const ReceiverOptions& options_;
  std::shared_ptr<ReceiverStream> self_;
  circuit::feeds::v1::DeliverRequest request_;

  std::mutex mutex_;
  std::deque<circuit::feeds::v1::DeliverResponse> responses_; // the front is being written
  bool writing_ = false;
  bool ended_ = false; // Finish() was called, or waits for the write under way
  grpc::Status final_status_;
  int64_t outstanding_bytes_ = 0; // received and not acknowledged
  int64_t outstanding_batches_ = 0;
  int64_t batches_ = 0;
  struct Original {
    int64_t received = 0, consumed = 0;
    bool all_came = false;
  };
  std::map<int64_t, Original> originals_; // that are coming, by id
  int64_t pieces_ = 0;
  const ReceiverContent::StreamNumber number_ = content_.new_stream();
  bool reading_ended_ = false;
};

} // namespace circuit::sinks
