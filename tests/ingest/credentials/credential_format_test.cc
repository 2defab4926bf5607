// docs/credential-format.md shows the bytes that this program writes.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "ingest/credentials/credential_bytes.h"
#include "ingest/runtime/digest.h"
#include "tests/ingest/credentials/vault_world.h"

namespace circuit::credentials {
namespace {

// 00 01 02 ...: whoever reads the page can follow which byte is where.
class CountingRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override {
    for (auto& byte : out) byte = static_cast<std::byte>(next_++);
  }

 private:
  unsigned char next_ = 0;
};

// As the page prints them: 16 to a line, indented.
std::string dump(std::string_view bytes) {
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    text += i % 16 == 0 ? (i == 0 ? "    " : "\n    ") : i % 8 == 0 ? "  " : " ";
    text += to_hex(bytes.substr(i, 1));
  }
  return text;
}

TEST(CredentialFormatPage, ShowsTheBytesThatAreWritten) {
  std::ifstream in(std::string(CIRCUIT_SOURCE_DIR) + "/docs/credential-format.md", std::ios::binary);
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  VirtualLoop loop;
  CountingRandom random;
  SeededRandom latency{1};
  const Secret line = generate_key_line(random);
  const Keyring keyring = testing::keyring_of({&line});
  state::MemoryDisk disk;
  state::MemoryStore store(disk, loop, latency);
  Vault vault(store, keyring, random);
  Credential credential;
  credential.secrets.emplace("access_token", Secret("example"));
  credential.attributes.emplace("token_type", "bearer");
  state::Batch batch;
  ASSERT_TRUE(state::testing::run(loop, vault.seal("connections/drive", 3, credential.copy(), batch)));
  ASSERT_EQ(batch.writes.size(), 2U);
  circuit::feeds::state::v1::DataKeyRecord key;
  circuit::feeds::state::v1::CredentialRecord record;
  ASSERT_TRUE(key.ParseFromString(*batch.writes[0].value));
  ASSERT_TRUE(record.ParseFromString(*batch.writes[1].value));

  const std::string shown_line = "    " + std::string(line.reveal());
  EXPECT_NE(page.find(shown_line), std::string::npos) << shown_line;
  for (const auto& bytes :
       {key.sealed(), std::string(encode_credential(credential).reveal()), record.sealed()})
    EXPECT_NE(page.find(dump(bytes)), std::string::npos) << dump(bytes);
}

} // namespace
} // namespace circuit::credentials
