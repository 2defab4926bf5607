// circuit-feeds: the program. docs/cli.md.

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "ingest/cli/commands.h"
#include "ingest/cli/exit_code.h"
#include "ingest/cli/hardening.h"
#include "ingest/cli/signals.h"

namespace circuit::cli {
namespace {

int run(int argc, char** argv) {
  CommandLine line("circuit-feeds",
                   "Pulls documents out of the places where companies keep them, normalizes them, and "
                   "streams them to downstream services.");
  auto root = line.root();
  add_sync(root);
  add_normalize(root);
  add_serve(root);
  add_feeds(root);
  add_syncs(root);
  add_watch(root);
  add_cancel(root);
  add_connect(root);
  add_connections(root);
  add_check(root);
  add_browse(root);
  add_keys(root);
  add_receive(root);
  add_providers(root);
  add_doctor(root);
  add_completions(root, line);
  add_version(root);
  root.epilogue("Begin with: circuit-feeds sync rss https://example.org/feed.xml --sink jsonl:-");
  return line.run(argc, argv);
}

} // namespace
} // namespace circuit::cli

int main(int argc, char** argv) {
  circuit::cli::harden_process();
  circuit::cli::StopSignals::block();
  // gRPC reports each failed connection on stderr by itself; here every error has its own words.
  ::setenv("GRPC_VERBOSITY", "NONE", 0);
  try {
    return circuit::cli::run(argc, argv);
  } catch (const std::exception&
               defect) { // nothing below lets one pass but for defects and a machine out of resources
    std::fprintf(stderr,
                 "error: %s [INTERNAL UNEXPECTED]\nnext:  Report this with the command that led to it.\n",
                 defect.what());
    return circuit::cli::kFailed;
  }
}
