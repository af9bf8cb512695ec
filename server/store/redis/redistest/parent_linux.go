package redistest

import (
	"os/exec"
	"syscall"
)

// endWithParent has the kernel end the server when the test process dies
// without cleaning up, as it does after a panic or a timeout.
func endWithParent(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
