package embedded

import (
	"os"
	"syscall"
)

// lock opens the file without sharing it, so that no other process can. Windows
// gives it back when the process ends, however it ends.
func lock(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	const access = syscall.GENERIC_READ | syscall.GENERIC_WRITE
	handle, err := syscall.CreateFile(name, access, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		const sharingViolation = syscall.Errno(32)
		if err == sharingViolation {
			return nil, errHeld
		}
		return nil, err
	}
	return os.NewFile(uintptr(handle), path), nil
}
