// What LeakSanitizer finds in a library and is not ours to mend; part of each program that is built with it.

extern "C" const char* __lsan_default_suppressions();

// RocksDB keeps the memory tables of a flush that failed, also when the database is closed: some kilobytes
// for each time that a full or broken disk is closed on.
extern "C" const char* __lsan_default_suppressions() { return "leak:rocksdb::DBImpl::FlushMemTable\n"; }
