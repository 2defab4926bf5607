// circuit-feeds receive

#include <memory>

#include "ingest/cli/commands.h"
#include "ingest/cli/connection_options.h"
#include "ingest/cli/exit_code.h"
#include "ingest/cli/output.h"
#include "ingest/cli/session.h"
#include "sinks/receiver.h"

namespace circuit::cli {
namespace {

struct ReceiveFlags {
  std::string listen = "127.0.0.1:50152";
  std::string out;
  std::string certificate_file;
  std::string key_file;
  std::string client_ca_file;
  bool allow_insecure = false;
  bool stall = false;
  int reject_every = 0;
};

sinks::ReceiverOptions receiver_options(const ReceiveFlags& flags) {
  sinks::ReceiverOptions options;
  options.listen = flags.listen;
  options.allow_plaintext = flags.allow_insecure;
  options.tls.cert_file = flags.certificate_file;
  options.tls.key_file = flags.key_file;
  options.tls.client_ca_file = flags.client_ca_file;
  options.file = flags.out;
  options.faults.stall = flags.stall;
  options.faults.reject_every = flags.reject_every;
  return options;
}

std::string host_of(const std::string& address) { return address.substr(0, address.rfind(':')); }

Task<int> wait_for_signal(StopSignals* stop) {
  co_await stop->wait();
  co_return stopped_by(*stop->received());
}

int run_receive(const ReceiveFlags& flags) {
  auto receiver = sinks::Receiver::start(receiver_options(flags));
  if (!receiver) {
    print_error(receiver.error(), false);
    return exit_code_of(receiver.error());
  }
  std::printf("listening on %s:%d\n", host_of(flags.listen).c_str(), (*receiver)->port());
  std::fflush(stdout);
  SystemLoop loop;
  StopSignals stop(loop);
  const int code = run_to_end(loop, wait_for_signal(&stop));
  (*receiver)->stop();
  const auto stats = (*receiver)->stats();
  std::fprintf(stderr, "%s changes written, %s sent again and recognized, %s rejected, in %s batches\n",
               show_count(stats.written).c_str(), show_count(stats.duplicates).c_str(),
               show_count(stats.rejected).c_str(), show_count(stats.batches).c_str());
  if (stats.originals > 0) std::fprintf(stderr, "%s originals stored\n", show_count(stats.originals).c_str());
  return code;
}

} // namespace

void add_receive(Command& parent) {
  const auto flags = std::make_shared<ReceiveFlags>();
  auto command = parent.command(
      "receive", "Runs the reference receiver of documents, for who writes one: see docs/sinks.md.");
  command.text("--listen", flags->listen, "HOST:PORT", "Default: 127.0.0.1:50152. Port 0 takes a free one.")
      .required_text("--out", flags->out, "FILE",
                     "Appends each change to it as a line of JSON; originals go to FILE.content.")
      .text("--tls-certificate-file", flags->certificate_file, "FILE", "PEM chain; without: no TLS.")
      .text("--tls-key-file", flags->key_file, "FILE", "PEM key.")
      .text("--tls-client-ca-file", flags->client_ca_file, "FILE",
            "Only workers with a certificate of this authority may deliver.")
      .flag("--allow-insecure", flags->allow_insecure, "Listen on another address than loopback without TLS.")
      .number("--reject-every", flags->reject_every, 0, 1'000'000,
              "For trying a worker: reject changes whose sequence is a multiple of this.")
      .flag("--stall", flags->stall, "For trying a worker: take batches and never acknowledge.")
      .epilogue(
          "  circuit-feeds receive --out documents.jsonl\n"
          "  circuit-feeds sync rss https://example.org/feed.xml --sink grpc:127.0.0.1:50152")
      .action([flags] { return run_receive(*flags); });
}

} // namespace circuit::cli
