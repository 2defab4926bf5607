// Whoever can write to the data directory: whatever is done to a stored row is refused, with the connection's
// name, and touches no other connection.

#include <gtest/gtest.h>

#include <set>

#include "tests/ingest/credentials/vault_world.h"

namespace circuit::credentials {
namespace {

using state::Table;
using testing::VaultWorld;

constexpr const char* kVictim = "connections/victim";
constexpr const char* kOther = "connections/other";

class VaultTampering : public ::testing::Test, protected VaultWorld {
 protected:
  void SetUp() override {
    ASSERT_TRUE(store_credential(kOther, 1, "other"));
    ASSERT_TRUE(store_credential(kVictim, 1, "marker-one"));
    before_ = {row(Table::kCredentials, kVictim), row(Table::kDataKeys, kVictim)};
    ASSERT_TRUE(store_credential(kVictim, 2, "marker-two"));
    now_ = {row(Table::kCredentials, kVictim), row(Table::kDataKeys, kVictim)};
    others_ = {row(Table::kCredentials, kOther), row(Table::kDataKeys, kOther)};
  }
  struct Rows {
    std::string credential, data_key;
  };
  // With these in the victim's place.
  void expect_refused(const Rows& rows, const std::string& how) {
    put_row(Table::kCredentials, kVictim, rows.credential);
    put_row(Table::kDataKeys, kVictim, rows.data_key);
    const auto opened = run(vault->open(kVictim, 2));
    ASSERT_FALSE(opened) << how;
    const auto& error = opened.error();
    static const std::set<std::string> kReasons = {"CREDENTIAL_TAMPERED", "CREDENTIAL_ROLLED_BACK",
                                                   "CREDENTIAL_CHANGED",  "MASTER_KEY_MISSING",
                                                   "RECORD_CORRUPT",      "RECORD_NEWER"};
    EXPECT_TRUE(kReasons.contains(error.reason)) << how << ": " << error.reason;
    EXPECT_NE(error.to_string().find("victim"), std::string::npos) << how << ": " << error.to_string();
    EXPECT_EQ(error.to_string().find("marker-two"), std::string::npos);
    EXPECT_EQ(read(kOther, 1), "other") << how;
  }

  Rows before_, now_, others_;
};

TEST_F(VaultTampering, EveryFlippedBitIsRefused) {
  for (size_t i = 0; i < now_.credential.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Rows rows = now_;
      rows.credential[i] ^= static_cast<char>(1 << bit);
      expect_refused(rows, "credential, byte " + std::to_string(i) + ", bit " + std::to_string(bit));
    }
  }
  for (size_t i = 0; i < now_.data_key.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Rows rows = now_;
      rows.data_key[i] ^= static_cast<char>(1 << bit);
      expect_refused(rows, "data key, byte " + std::to_string(i) + ", bit " + std::to_string(bit));
    }
  }
}

TEST_F(VaultTampering, EveryCutIsRefused) {
  for (size_t size = 0; size < now_.credential.size(); ++size)
    expect_refused({now_.credential.substr(0, size), now_.data_key},
                   "credential cut to " + std::to_string(size));
  for (size_t size = 0; size < now_.data_key.size(); ++size)
    expect_refused({now_.credential, now_.data_key.substr(0, size)},
                   "data key cut to " + std::to_string(size));
}

TEST_F(VaultTampering, ASealedPartThatIsCutOrGrownInsideOfItsRecordIsRefused) {
  circuit::feeds::state::v1::CredentialRecord record;
  ASSERT_TRUE(record.ParseFromString(now_.credential));
  const std::string sealed = record.sealed();
  for (size_t size = 0; size < sealed.size(); ++size) {
    record.set_sealed(sealed.substr(0, size));
    expect_refused({state::serialize(record), now_.data_key}, "sealed cut to " + std::to_string(size));
  }
  record.set_sealed(sealed + '\0');
  expect_refused({state::serialize(record), now_.data_key}, "sealed and one byte more");
}

TEST_F(VaultTampering, RowsOfAnotherConnectionAreRefused) {
  expect_refused({others_.credential, now_.data_key}, "the other's credential");
  expect_refused({now_.credential, others_.data_key}, "the other's data key");
  expect_refused(others_, "both of the other's");
  // At the version that is expected, too.
  ASSERT_TRUE(store_credential(kOther, 2, "other"));
  const Rows others{row(Table::kCredentials, kOther), row(Table::kDataKeys, kOther)};
  ASSERT_TRUE(store_credential(kOther, 1, "other"));
  expect_refused(others, "both of the other's, at this version");
}

TEST_F(VaultTampering, WhatIsOlderIsRefused) {
  expect_refused({before_.credential, now_.data_key}, "the version before");
  expect_refused(before_, "the version before, with its data key");
  circuit::feeds::state::v1::CredentialRecord record;
  ASSERT_TRUE(record.ParseFromString(before_.credential));
  record.set_version(2);
  expect_refused({state::serialize(record), now_.data_key}, "the version before, which says it is this one");
}

TEST_F(VaultTampering, WhatWasSealedForAnotherPurposeIsRefused) {
  state::Batch batch;
  const auto value = run(vault->seal_value(kVictim, "credential", Secret("planted"), batch));
  ASSERT_TRUE(value);
  circuit::feeds::state::v1::CredentialRecord record;
  ASSERT_TRUE(record.ParseFromString(now_.credential));
  record.set_sealed(*value);
  expect_refused({state::serialize(record), now_.data_key}, "a value as the credential");
}

TEST_F(VaultTampering, AKeyThatContradictsItselfDoesNotStopTheStart) {
  for (size_t i = 0; i < now_.data_key.size(); ++i) {
    std::string changed = now_.data_key;
    changed[i] ^= 1;
    put_row(Table::kDataKeys, kVictim, changed);
    EXPECT_TRUE(run(vault->check_keys())) << "byte " << i;
  }
}

} // namespace
} // namespace circuit::credentials
