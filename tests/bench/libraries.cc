#include "tests/bench/libraries.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

#include "circuit/feeds/v1/document.pb.h"
#include "circuit/feeds/v1/sink.pb.h"
#include "ingest/runtime/digest.h"

namespace circuit::bench {
namespace {

constexpr int kRowsPerCommit = 500;
constexpr size_t kRowBytes = 120; // about what a record of the manifest takes

void check(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

} // namespace

struct Libraries::Pending {
  rocksdb::WriteBatch rows;
};

Libraries::Libraries(const std::string& folder) : pending_(std::make_unique<Pending>()) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  check(rocksdb::DB::Open(options, folder, &opened));
  store_.reset(opened);
}

Libraries::~Libraries() = default;

std::string Libraries::keep(std::string_view id, std::string_view text) {
  circuit::feeds::v1::Change change;
  circuit::feeds::v1::Document& document = *change.mutable_document();
  document.set_external_id(std::string(id));
  document.set_title(std::string(id));
  document.set_text(std::string(text));
  document.set_content_hash(to_hex(sha256(document.SerializeAsString())));
  check(pending_->rows.Put(std::string(id), std::string(kRowBytes, 'r')));
  if (pending_->rows.Count() >= kRowsPerCommit) {
    rocksdb::WriteOptions durable;
    durable.sync = true;
    check(store_->Write(durable, &pending_->rows));
    pending_->rows.Clear();
  }
  return change.SerializeAsString();
}

void in_a_process_of_its_own(const std::function<void()>& work) {
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid == 0) {
    int code = 1;
    try {
      work();
      code = 0;
    } catch (const std::exception& error) { // said, and the parent sees the code
      std::fprintf(stderr, "%s\n", error.what());
    }
    ::_exit(code);
  }
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid || status != 0)
    throw std::runtime_error("what libraries take alone could not be measured");
}

void sign_and_check(std::string_view key, std::string_view to_sign, std::string_view body) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(to_sign.data()), to_sign.size(), digest, &size);
  EVP_Digest(body.data(), body.size(), digest, &size, EVP_md5(), nullptr);
}

} // namespace circuit::bench
