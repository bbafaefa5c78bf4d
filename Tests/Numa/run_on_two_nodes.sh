#!/bin/bash
# Runs placement.c in a virtual machine with two memory nodes: Debian's kernel under QEMU's software
# emulation, so that any machine can prove it. Not part of `make test`; `make numa-proof` calls it
# after a build. Needs Debian, the right to install packages, and about two minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."

LIMIT_S=${LIMIT_S:-600}
PACKAGES=(qemu-system-x86 busybox-static cpio gcc libnuma1)
SUCCESS='placement: ok, 2 nodes'

missing=()
for package in "${PACKAGES[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' \
    || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  echo "installing ${missing[*]}"
  as_root=(); [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
fi

work=build/numa
root=$work/root
mkdir -p "$work"
rm -rf "$root"
mkdir -p "$root"/{bin,lib,lib64,proc,sys,dev}

# A kernel that is unpacked and never installed: the newest of the release for virtual machines.
if ! compgen -G "$work/kernel/boot/vmlinuz-*" >/dev/null; then
  kernel=$(apt-cache depends linux-image-cloud-amd64 \
    | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
  candidates=("${kernel:-none}" "${kernel:-none}-unsigned")
  candidates+=($(apt-cache search --names-only '^linux-image-[0-9.]+-[0-9]+-cloud-amd64-unsigned$' \
    | cut -d ' ' -f 1 | sort -rV))
  for candidate in "${candidates[@]}"; do
    (cd "$work" && apt-get download -qq "$candidate" 2>/dev/null) && break
  done
  dpkg-deb -x "$(ls "$work"/linux-image-*.deb | head -n 1)" "$work/kernel"
fi
vmlinuz=$(ls "$work"/kernel/boot/vmlinuz-* | head -n 1)

gcc -std=c99 -O1 -Wall -Wextra -Werror -Ibuild/include Tests/Numa/placement.c \
  -o "$root/bin/placement" -Lbuild/lib -lholdfast -Wl,-rpath,/lib
cp "$(command -v busybox)" "$root/bin/busybox"
cp build/lib/libholdfast.so.0 "$root/lib/"

# What the program and the library need, and libnuma, which the library looks for by itself.
libnuma=$(find /usr/lib /lib -name libnuma.so.1 2>/dev/null | head -n 1)
LD_LIBRARY_PATH=build/lib ldd "$root/bin/placement" "$libnuma" build/lib/libholdfast.so.0 \
  | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p; s/^\t\(\/[^ ]*ld-linux[^ ]*\) .*/\1/p' | sort -u \
  | while read -r file; do
      case $file in
        *ld-linux*) cp -L "$file" "$root/lib64/" ;;
        *libholdfast*) ;;
        *) cp -L "$file" "$root/lib/" ;;
      esac
    done
cp -L "$libnuma" "$root/lib/libnuma.so.1"

cat > "$root/init" <<'GUEST'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
nodes=/sys/devices/system/node
echo "guest: kernel $(/bin/busybox uname -r), nodes $(/bin/busybox cat $nodes/online)"
for node in 0 1; do
  echo "guest: node $node: cpus $(/bin/busybox cat $nodes/node$node/cpulist)," \
    $(/bin/busybox grep MemTotal $nodes/node$node/meminfo)
done
LD_LIBRARY_PATH=/lib /bin/placement
echo "guest: exit status $?"
/bin/busybox poweroff -f
GUEST
chmod 755 "$root/init"
(cd "$root" && find . | cpio --quiet -o -H newc | gzip -1) > "$work/initramfs.gz"

log=$work/guest.log
status=0
timeout --foreground -k 10 "$LIMIT_S" qemu-system-x86_64 \
  -machine q35 -accel tcg -cpu max -smp 2 -m 1G \
  -object memory-backend-ram,id=m0,size=512M -object memory-backend-ram,id=m1,size=512M \
  -numa node,nodeid=0,cpus=0,memdev=m0 -numa node,nodeid=1,cpus=1,memdev=m1 \
  -kernel "$vmlinuz" -initrd "$work/initramfs.gz" -append 'console=ttyS0 quiet panic=-1' \
  -display none -serial stdio -monitor none -nic none -no-reboot </dev/null 2>&1 \
  | tr -d '\r' | tee "$log" || status=$?

if [ "$status" != 0 ]; then
  echo "numa-proof: FAILED, the guest did not power off within $LIMIT_S s (status $status)"
  exit 1
fi
if ! grep -qx "$SUCCESS" "$log" || ! grep -qx 'guest: exit status 0' "$log"; then
  echo "numa-proof: FAILED, the guest did not print '$SUCCESS'"
  exit 1
fi
echo 'numa-proof: ok'
