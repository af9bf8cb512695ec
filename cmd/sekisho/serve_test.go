package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/sekisho/sekisho/server/store/redis/redistest"
)

// The scripts' own commands:
//
//	serve ARG…                        starts `sekisho serve` on a free port and waits until it listens; $URL is where, serve.log its log
//	serve --metrics-addr 127.0.0.1:0  sets $METRICS as well
//	stop                              ends it with SIGTERM and waits; its exit code must be 0
//	stop KILL                         kills it
//	signal                            sends SIGTERM and does not wait
//	stop AGAIN                        sends SIGTERM once more, which must end it on the spot
//	ready STATUS                      asks /readyz until it answers with the status
//	http STATUS METHOD PATH [FILE]    sends a request; the answer is in the files answer and headers
var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){
	"serve":  cmdServe,
	"stop":   cmdStop,
	"signal": cmdSignal,
	"ready":  cmdReady,
	"http":   cmdHTTP,
}

// process is the service that a script has started last.
type process struct {
	cmd    *exec.Cmd
	logged chan struct{} // closed when stderr has ended
}

// setup gives each script, of which several run at a time, a process of its own.
func setup(e *testscript.Env) error {
	e.Setenv("HOME", e.WorkDir)
	e.Values[process{}] = new(process)
	return nil
}

func cmdServe(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("use ! exec sekisho serve")
	}
	var program string
	for _, folder := range filepath.SplitList(ts.Getenv("PATH")) {
		if _, err := os.Stat(filepath.Join(folder, "sekisho")); err == nil {
			program = filepath.Join(folder, "sekisho")
			break
		}
	}
	cmd := exec.Command(program, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "SEKISHO_STORE", "SEKISHO_PUBLIC_URL", "SEKISHO_TOKEN"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	pipe, err := cmd.StderrPipe()
	ts.Check(err)
	file, err := os.Create(ts.MkAbs("serve.log"))
	ts.Check(err)
	ts.Check(cmd.Start())
	logged := make(chan struct{})
	*ts.Value(process{}).(*process) = process{cmd, logged}
	ts.Defer(func() {
		_ = cmd.Process.Kill()
		<-logged
		_ = cmd.Wait()
	})
	wanted := []string{"URL"}
	if strings.Contains(strings.Join(args, " "), "--metrics-addr") {
		wanted = append(wanted, "METRICS")
	}
	lines := bufio.NewScanner(io.TeeReader(pipe, file))
	for len(wanted) > 0 && lines.Scan() {
		var line struct{ Msg, Address string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "listening" {
			ts.Setenv(wanted[0], "http://"+line.Address)
			wanted = wanted[1:]
		}
	}
	go func() {
		defer close(logged)
		defer file.Close()
		for lines.Scan() {
		}
	}()
	if len(wanted) > 0 {
		ts.Fatalf("serve ended before it listened:\n%s", ts.ReadFile("serve.log"))
	}
}

func cmdStop(ts *testscript.TestScript, _ bool, args []string) {
	signal, how := syscall.SIGTERM, strings.Join(args, " ")
	if how == "KILL" {
		signal = syscall.SIGKILL
	}
	p := ts.Value(process{}).(*process)
	ts.Check(p.cmd.Process.Signal(signal))
	<-p.logged
	err := p.cmd.Wait()
	if how == "" {
		ts.Check(err)
		return
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.Sys().(syscall.WaitStatus).Signal() != signal {
		ts.Fatalf("ended with %v and not by %v", err, signal)
	}
}

func cmdSignal(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(ts.Value(process{}).(*process).cmd.Process.Signal(syscall.SIGTERM))
}

func cmdReady(ts *testscript.TestScript, _ bool, args []string) {
	for end := time.Now().Add(time.Minute); ; {
		if time.Now().After(end) {
			ts.Fatalf("never %s:\n%s", args[0], ts.ReadFile("serve.log"))
		}
		r, err := http.Get(ts.Getenv("URL") + "/readyz")
		ts.Check(err)
		_, _ = io.Copy(io.Discard, r.Body)
		r.Body.Close()
		if strconv.Itoa(r.StatusCode) == args[0] {
			return
		}
	}
}

func cmdHTTP(ts *testscript.TestScript, _ bool, args []string) {
	var body io.Reader
	if len(args) > 3 {
		body = strings.NewReader(ts.ReadFile(args[3]))
	}
	address := args[2]
	if strings.HasPrefix(address, "/") {
		address = ts.Getenv("URL") + address
	}
	r, err := http.NewRequest(args[1], address, body)
	ts.Check(err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", "https://www.example.jp")
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	w, err := transport.RoundTrip(r)
	ts.Check(err)
	defer w.Body.Close()
	answer, err := io.ReadAll(w.Body)
	ts.Check(err)
	var headers bytes.Buffer
	ts.Check(w.Header.Write(&headers))
	ts.Check(os.WriteFile(ts.MkAbs("answer"), answer, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("headers"), headers.Bytes(), 0o600))
	if strconv.Itoa(w.StatusCode) != args[0] {
		ts.Fatalf("%s %s: %d %s", args[1], args[2], w.StatusCode, answer)
	}
}

// TestServeOnRedis goes the same way on a Redis that keeps less than promised,
// which the service has to say, and through an outage of it.
func TestServeOnRedis(t *testing.T) {
	server := redistest.Start(t, "--appendfsync", "everysec", "--maxmemory-policy", "allkeys-lru")
	testscript.Run(t, testscript.Params{
		Files: []string{"testdata/redis/serve.txtar"}, RequireExplicitExec: true, Cmds: commandsWith(map[string]func(*testscript.TestScript, bool, []string){
			"redis": func(ts *testscript.TestScript, _ bool, args []string) {
				switch args[0] {
				case "kill":
					server.Kill()
				case "restart":
					server.Restart()
				}
			},
		}),
		Setup: func(e *testscript.Env) error {
			e.Setenv("SEKISHO_STORE", server.URL())
			return setup(e)
		},
	})
}

func commandsWith(more map[string]func(*testscript.TestScript, bool, []string)) map[string]func(*testscript.TestScript, bool, []string) {
	for name, command := range scriptCommands {
		more[name] = command
	}
	return more
}
