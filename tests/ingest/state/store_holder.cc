// A process that holds a data directory, for the tests of what others are told and of what its sudden end
// leaves behind.
//
//   store_holder DIRECTORY ADDRESS     holds it and says that it serves on ADDRESS
//   store_holder DIRECTORY commit      commits "0", "1", ... to the feeds table, and prints each once it is
//   durable
//
// Prints "ready" when it has the directory; ends when it is killed or its standard input ends.

#include <cstdio>
#include <string>

#include "ingest/state/rocksdb_store.h"
#include "tests/ingest/state/running.h"

int main(int argc, char** argv) {
  using namespace circuit;
  if (argc != 3) return 2;
  auto opened = state::RocksDbStore::open(argv[1]);
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().to_string().c_str());
    return 1;
  }
  auto& store = **opened;
  const std::string task = argv[2];
  if (task != "commit" && !store.set_owner_address(task)) return 1;
  std::puts("ready");
  std::fflush(stdout);
  if (task != "commit") {
    while (std::getchar() != EOF) {
    }
    return 0;
  }
  SystemLoop loop;
  for (int number = 0;; ++number) {
    state::Batch batch;
    batch.put(state::Table::kFeeds, std::to_string(number), "v");
    batch.put(state::Table::kRuns, std::to_string(number), "v");
    if (!state::testing::run(loop, store.commit(std::move(batch)))) return 1;
    std::printf("%d\n", number);
    std::fflush(stdout);
  }
}
