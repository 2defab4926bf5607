#pragma once
// The reference receiver: a DocumentSink that appends each change as a line of JSON to a file. `circuit-feeds
// receive` runs it; tests run it; whoever writes a receiver of their own can read it.
//
// Originals are stored under their hashes beside the file (content_store.h), by receiver_content.cc.
//
// The way of a batch: receiver_stream.cc reads it and counts its credit, receiver_applier.cc hands it to one
// thread that applies what is queued together, receiver_log.cc writes what is new and makes it durable, and
// only then the stream sends the acknowledgement.
//
// Any thread may call. stop() ends all streams; what was not acknowledged is sent again by the worker.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "ingest/runtime/result.h"

namespace circuit::sinks {

struct ReceiverTlsOptions {
  std::string cert_file; // PEM; empty: no TLS
  std::string key_file;
  std::string client_ca_file; // PEM; given: only workers with a certificate of this authority may deliver
};

// Ways to misbehave, for tests of workers. Zero and false: none.
struct ReceiverFaults {
  int64_t reject_every = 0;             // rejects changes whose sequence is a multiple of it
  bool stall = false;                   // takes batches and never acknowledges
  int64_t disconnect_after_batches = 0; // of each stream: applies that many, then cuts it before the last Ack
  uint64_t refuse_content_beyond = 0;   // refuses an original when more of it comes
  int64_t disconnect_after_pieces = 0;  // of originals of each stream: cuts it when that many have come
  bool discard_content = false;         // checks originals, says that they are stored, and forgets them
  int64_t refuse_every = 0;             // answers every so-manieth batch with a TRANSIENT error, once
};

struct ReceiverOptions {
  std::string listen = "127.0.0.1:0"; // HOST:PORT; port 0: any that is free
  bool allow_plaintext = false;       // on another address than loopback
  ReceiverTlsOptions tls;
  std::string file; // where the lines go
  // Of batches and originals that a worker may have unacknowledged. All of it may be waiting for the disk
  // here, in memory: four batches of the size that workers make of their own accord.
  int64_t credit_bytes = int64_t{4} << 20;
  bool accepts_content = true;              // originals, which are stored beside the file
  int max_message_bytes = (4 << 20);        // of one message
  size_t remembered_documents = 100'000;    // to recognize what is sent again
  uint64_t tail_bytes = uint64_t{32} << 20; // of the file that are read back at the start
  ReceiverFaults faults;
};

struct ReceiverStats {
  int64_t streams = 0;
  int64_t batches = 0;    // received, those that were sent again included
  int64_t written = 0;    // changes that became lines
  int64_t duplicates = 0; // changes that were there already
  int64_t stale = 0;      // changes of an older epoch
  int64_t rejected = 0;
  int64_t pieces = 0;                // of originals
  int64_t originals = 0;             // that are durable
  int64_t syncs = 0;                 // fsyncs of the file
  int64_t outstanding_bytes_max = 0; // the most that one stream had unacknowledged
  int64_t credit_violations = 0;     // batches beyond the credit
};

class Receiver {
 public:
  // INVALID SINK_PLAINTEXT_REFUSED, SINK_TLS_FILE, SINK_TLS_INCOMPLETE; CONFLICT ADDRESS_IN_USE; those of
  // ReceiverLog.
  static Result<std::unique_ptr<Receiver>> start(ReceiverOptions options);
  virtual ~Receiver() = default; // stops

  virtual int port() const = 0;
  virtual void stop() = 0;
  virtual ReceiverStats stats() const = 0;
};

} // namespace circuit::sinks
