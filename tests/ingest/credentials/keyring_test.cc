#include "ingest/credentials/keyring.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/ingest/state/temporary_directory.h"

namespace circuit::credentials {
namespace {

namespace fs = std::filesystem;

class KeyringTest : public ::testing::Test {
 protected:
  // The file, and the id of the key in it.
  std::string make(const fs::path& name, mode_t mode = 0600) {
    const Secret line = generate_key_line(random_);
    write(name, std::string(line.reveal()), mode);
    return *key_id_of(line);
  }
  void write(const fs::path& name, const std::string& text, mode_t mode = 0600) {
    std::ofstream(path(name), std::ios::binary | std::ios::trunc) << text;
    ::chmod(path(name).c_str(), mode);
  }
  std::string path(const fs::path& name) const { return (directory_.path() / name).string(); }
  Result<Keyring> load(std::vector<std::string> names, Secret inline_key = {}) {
    KeySources sources;
    for (const auto& name : names) sources.paths.push_back(path(name));
    sources.inline_key = std::move(inline_key);
    return Keyring::load(sources);
  }
  std::string refusal(std::vector<std::string> names) {
    const auto loaded = load(std::move(names));
    if (loaded) return "loaded";
    EXPECT_FALSE(loaded.error().next_step.empty());
    return loaded.error().reason;
  }

  state::testing::TemporaryDirectory directory_;
  SystemRandom random_;
};

TEST_F(KeyringTest, TakesTheFirstFileAsPrimaryAndKeepsTheOthers) {
  const auto first = make("first");
  const auto second = make("second");
  const auto keyring = load({"first", "second", "first"});
  ASSERT_TRUE(keyring) << keyring.error().to_string();
  EXPECT_EQ(keyring->primary_id(), first);
  EXPECT_EQ(keyring->ids(), (std::vector<std::string>{first, second}));
  ASSERT_NE(keyring->find(second), nullptr);
  EXPECT_EQ(keyring->find(second)->size(), 32U);
  EXPECT_FALSE(keyring->has("0000000000000000"));
}

TEST_F(KeyringTest, HasNoKeyWithoutASource) {
  EXPECT_EQ(refusal({}), "MASTER_KEY_MISSING");
  EXPECT_EQ(Keyring::none().primary_id(), "");
  EXPECT_TRUE(Keyring::none().ids().empty());
}

TEST_F(KeyringTest, TakesAKeyFromTheEnvironmentAndLeavesNothingOfItThere) {
  const Secret line = generate_key_line(random_);
  ::setenv("CIRCUIT_FEEDS_MASTER_KEY", std::string(line.reveal()).c_str(), 1);
  const char* place = std::getenv("CIRCUIT_FEEDS_MASTER_KEY");
  Secret taken = take_from_environment("CIRCUIT_FEEDS_MASTER_KEY");
  EXPECT_EQ(std::string(place, line.size()), std::string(line.size(), '\0'));
  EXPECT_EQ(std::getenv("CIRCUIT_FEEDS_MASTER_KEY"), nullptr);
  const auto alone = load({}, taken.copy());
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->primary_id(), *key_id_of(line));
  // A file that is named says more than a variable.
  const auto file = make("file");
  const auto both = load({"file"}, std::move(taken));
  ASSERT_TRUE(both);
  EXPECT_EQ(both->ids(), (std::vector<std::string>{file, *key_id_of(line)}));
  EXPECT_TRUE(take_from_environment("CIRCUIT_FEEDS_MASTER_KEY").empty());
}

TEST_F(KeyringTest, ReadsADirectoryAsKubernetesMountsASecret) {
  fs::create_directory(path("keys"));
  fs::create_directory(path("keys/..2026_01_01"));
  const auto old_id = make("keys/..2026_01_01/2025", 0440);
  const auto new_id = make("keys/..2026_01_01/2026", 0440);
  fs::create_directory_symlink("..2026_01_01", path("keys/..data"));
  for (const char* name : {"2025", "2026"})
    fs::create_symlink(fs::path("..data") / name, path("keys") + "/" + name);
  auto keyring = load({"keys"});
  ASSERT_TRUE(keyring) << keyring.error().to_string();
  EXPECT_EQ(keyring->ids(), (std::vector<std::string>{new_id, old_id})) << "last by name is primary";

  for (const auto& says : {std::string("2025\n"), old_id + "\n"}) {
    write("keys/primary", says, 0644);
    keyring = load({"keys"});
    ASSERT_TRUE(keyring) << keyring.error().to_string();
    EXPECT_EQ(keyring->ids(), (std::vector<std::string>{old_id, new_id}));
  }
  write("keys/primary", "2024\n", 0644);
  EXPECT_EQ(refusal({"keys"}), "MASTER_KEY_AMBIGUOUS");
}

TEST_F(KeyringTest, RefusesAFileThatOthersCanUse) {
  for (const mode_t mode : {0640, 0604, 0644, 0660, 0602, 0777}) {
    make("key", mode);
    EXPECT_EQ(refusal({"key"}), "MASTER_KEY_FILE_EXPOSED") << std::oct << mode;
  }
  for (const mode_t mode : {0600, 0400, 0700}) {
    make("key", mode);
    EXPECT_EQ(refusal({"key"}), "loaded") << std::oct << mode;
  }
  fs::create_directory(path("plain"));
  make("plain/key", 0440);
  EXPECT_EQ(refusal({"plain"}), "MASTER_KEY_FILE_EXPOSED") << "not a mounted secret";
  fs::create_directory_symlink(".", path("plain/..data"));
  EXPECT_EQ(refusal({"plain"}), "loaded");
  make("plain/key", 0444);
  EXPECT_EQ(refusal({"plain"}), "MASTER_KEY_FILE_EXPOSED") << "mounted, and for everybody";
}

TEST_F(KeyringTest, SaysWhichFileIsMissingOrCannotBeRead) {
  EXPECT_EQ(refusal({"nowhere"}), "MASTER_KEY_FILE_MISSING");
  fs::create_directory(path("empty"));
  EXPECT_EQ(refusal({"empty"}), "MASTER_KEY_FILE_MISSING");
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(refusal({"pipe"}), "MASTER_KEY_FILE_UNREADABLE") << "and does not wait for a writer";
}

TEST_F(KeyringTest, RefusesEveryLineThatIsNotExactlyAKey) {
  const std::string line(generate_key_line(random_).reveal());
  const auto reads = [&](const std::string& text) {
    std::vector<Secret> lines;
    lines.emplace_back(text);
    const auto keyring = Keyring::of(std::move(lines));
    EXPECT_TRUE(keyring || keyring.error().reason == "MASTER_KEY_MALFORMED");
    // No error quotes what may be a key.
    if (!keyring) {
      EXPECT_EQ(keyring.error().to_string().find(text.substr(38, 8)), std::string::npos);
    }
    return keyring.ok();
  };
  EXPECT_TRUE(reads(line));
  EXPECT_TRUE(reads(line.substr(0, line.size() - 1)));
  EXPECT_TRUE(reads(line.substr(0, line.size() - 1) + "\r\n"));
  for (size_t i = 0; i + 1 < line.size(); ++i) {
    for (const char c : {'A', '0', '=', ' ', '\0', '\xff'}) {
      std::string changed = line;
      if (changed[i] == c) continue;
      changed[i] = c;
      EXPECT_FALSE(reads(changed)) << "at " << i;
    }
    if (i >= 46) {
      EXPECT_FALSE(reads(line.substr(0, i))) << "cut at " << i;
    }
  }
  EXPECT_FALSE(reads(line + line));
  EXPECT_FALSE(reads(line + "# a remark, which may be a second key\n"));
  EXPECT_FALSE(reads("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----\n"));
}

TEST_F(KeyringTest, MakesKeysThatDiffer) {
  const Secret one = generate_key_line(random_);
  const Secret two = generate_key_line(random_);
  EXPECT_FALSE(equal(one, two));
  EXPECT_NE(*key_id_of(one), *key_id_of(two));
}

} // namespace
} // namespace circuit::credentials
