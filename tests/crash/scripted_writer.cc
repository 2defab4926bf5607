// Does what its arguments say and kills itself: a subject for the test of lost_writes.cc.
//   write PATH AT TEXT, truncate PATH LENGTH, sync PATH, rename PATH PATH, unlink PATH, mkdir PATH

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

int main(int argc, char** argv) {
  bool good = true;
  for (int i = 1; i < argc && good; ++i) {
    const std::string what = argv[i];
    const char* path = argv[++i];
    if (what == "rename") {
      good = ::rename(path, argv[++i]) == 0;
    } else if (what == "unlink") {
      good = ::unlink(path) == 0;
    } else if (what == "mkdir") {
      good = ::mkdir(path, 0700) == 0;
    } else if (what == "sync") {
      const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
      good = ::fsync(fd) == 0 && ::close(fd) == 0;
    } else {
      const int fd = ::open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
      const off_t number = std::atoi(argv[++i]);
      if (what == "truncate") {
        good = ::ftruncate(fd, number) == 0;
      } else {
        const std::string text = argv[++i];
        good = ::lseek(fd, number, SEEK_SET) == number &&
               ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
      }
      good = ::close(fd) == 0 && good;
    }
  }
  if (!good) return 1;
  ::kill(::getpid(), SIGKILL);
}
