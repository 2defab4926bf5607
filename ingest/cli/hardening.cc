#include "ingest/cli/hardening.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cstdlib>
#include <string_view>

#include "ingest/credentials/secret.h"

namespace circuit::cli {

void harden_process() {
  credentials::reserve_secret_memory();                             // as far as this system lets it
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // they look into their own process
  const char* keep = std::getenv("CIRCUIT_FEEDS_CORE_DUMPS");
  if (keep != nullptr && std::string_view(keep) == "1") return;
  // Neither fails for lowering what is one's own.
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

} // namespace circuit::cli
