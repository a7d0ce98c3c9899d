// Changes a table from Go, with nothing but JSON and the standard library.
//
// Temporal's HTTP API takes the contract as it is: schemas/online-ddl.*.json say what an input, a command, a status and
// an answer are. With Temporal's own SDK for Go the same structs are the arguments of ExecuteWorkflow, QueryWorkflow and
// UpdateWorkflow.
package main

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"
)

type object = map[string]any

// What is read of a status; there is more in it.
type status struct {
	Phase    string `json:"phase"`
	NextStep string `json:"nextStep"`
}

type answer struct {
	Outcome string `json:"outcome"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

var (
	server    = cmp.Or(os.Getenv("TEMPORAL_HTTP"), "http://localhost:7243")
	namespace = cmp.Or(os.Getenv("TEMPORAL_NAMESPACE"), "default")
	taskQueue = cmp.Or(os.Getenv("SWITCHYARD_TASK_QUEUE"), "switchyard")
	client    = http.Client{Timeout: 30 * time.Second}
)

func main() {
	if len(os.Args) != 5 {
		fail(`usage: main commerce shop orders "ADD COLUMN note varchar(200)"`)
	}
	cluster, database, table, change := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	// The HTTP API takes no id with a slash, so not the one of the convention. A table has one operation whatever it is.
	id := "online-ddl." + cluster + "." + database + "." + table
	input := object{
		"cluster": cluster, "database": database,
		"statement": "ALTER TABLE `" + table + "` " + change,
		"options":   object{"postponeCompletion": true, "context": "started by main.go"},
	}
	ask(id, "", object{
		"workflowType": object{"name": "onlineDdl"}, "taskQueue": object{"name": taskQueue},
		"input": []any{input}, "workflowIdConflictPolicy": "WORKFLOW_ID_CONFLICT_POLICY_FAIL",
	}, nil)
	for resumed := false; ; time.Sleep(time.Second) {
		now := statusOf(id)
		fmt.Println(now.Phase, now.NextStep)
		switch now.Phase {
		case "completed":
			return
		case "cancelled", "failed":
			os.Exit(1)
		case "postponed":
			if !resumed {
				said := command(id, "resume", object{"by": "main.go"})
				fmt.Println(said.Outcome, said.Message)
				resumed = said.Outcome == "done" || said.Outcome == "accepted"
			}
		}
	}
}

func statusOf(id string) status {
	var answered struct{ QueryResult []status }
	ask(id, "/query/status", object{}, &answered)
	return answered.QueryResult[0]
}

func command(id, name string, payload object) answer {
	var answered struct {
		Outcome struct {
			Success []answer
			Failure *struct{ Message string }
		}
	}
	ask(id, "/update/"+name, object{
		"request": object{
			// Two sendings with the same id are one command.
			"meta":  object{"updateId": rand.Text(), "identity": "main.go"},
			"input": object{"args": []any{payload}},
		},
		"waitPolicy": object{"lifecycleStage": "UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED"},
	}, &answered)
	if answered.Outcome.Failure != nil {
		fail(answered.Outcome.Failure.Message)
	}
	return answered.Outcome.Success[0]
}

// Fills in what Temporal answers; ends the program where it refuses.
func ask(id, path string, body object, into any) {
	sent, err := json.Marshal(body)
	check(err)
	address := server + "/api/v1/namespaces/" + namespace + "/workflows/" + url.PathEscape(id) + path
	response, err := client.Post(address, "application/json", bytes.NewReader(sent))
	check(err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		var refusal struct{ Message string }
		check(json.NewDecoder(response.Body).Decode(&refusal))
		fail(refusal.Message)
	}
	if into != nil {
		check(json.NewDecoder(response.Body).Decode(into))
	}
}

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}
