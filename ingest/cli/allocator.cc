// How the program's allocator works, for jemalloc, which looks for this name when the process starts
// (https://jemalloc.net/jemalloc.3.html, "TUNING"; the environment variable MALLOC_CONF wins over it).
//
// One arena: a thread has a cache of its own before it, and what one thread frees another can use. Pages that
// are not used go back to the system after half a second and not after ten: memory is bounded by the credits
// (docs/performance.md, "Where the memory goes"), and this holds the process to what they say.

extern "C" {
extern const char* const malloc_conf;
const char* const malloc_conf = "narenas:1,dirty_decay_ms:500,muzzy_decay_ms:0";
}
