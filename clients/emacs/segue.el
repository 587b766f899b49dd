;;; segue.el --- Completions and next edits from your own repository -*- lexical-binding: t -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "29.1") (lsp-mode "10.0"))
;; Keywords: convenience, completion
;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; Ghost text through lsp-mode's inline completion, next edits with overlays, explanations in a buffer.
;;
;;   (require 'segue)
;;   (segue-setup)
;;
;; TAB accepts ghost text while it is on the screen, and a next edit that is on the screen at point.  `segue-next-edit'
;; (M-n e) shows the next edit and goes there, pressed again it applies it; M-n d dismisses it.

;;; Code:

(require 'lsp-mode)
(require 'lsp-inline-completion nil t)

(autoload 'segue-show-answer "segue-answer")
(autoload 'segue-ask "segue-answer" nil t)
(autoload 'segue-change "segue-change" nil t)
(autoload 'segue--run-change "segue-change")

(defgroup segue nil
  "Completions and next edits."
  :group 'tools
  :prefix "segue-")

(defcustom segue-command '("segue" "serve")
  "The program that serves Segue, with its arguments."
  :type '(repeat string))

(defcustom segue-modes '(prog-mode text-mode)
  "Modes, with all that derive from them, in which Segue works."
  :type '(repeat symbol))

(defcustom segue-settings nil
  "The server's settings, as in docs/configuration.md, as nested property lists.
For example (:model (:provider \"none\"))."
  :type 'plist)

(defcustom segue-idle-delay 0.2
  "Seconds without typing after which ghost text is asked for.
The server itself waits as your typing asks for, so this can be short."
  :type 'number)

(defcustom segue-automatic-next-edits t
  "Whether the next edit is shown by itself after a change."
  :type 'boolean)

(defface segue-removed '((t :inherit diff-refine-removed :strike-through t))
  "Text that a next edit takes away.")

(defface segue-added '((t :inherit diff-refine-added))
  "Text that a next edit brings.")

(defface segue-hint '((t :inherit shadow))
  "Hints about keys.")

(defvar segue--edit nil "The next edit on the screen, as the server sent it.")
(defvar segue--overlays nil "The overlays of the next edit.")
(defvar segue--hint nil "The overlay that names the keys of the next edit, on the line of point.")
(defvar segue--timer nil "The timer that asks for next edits.")
(defvar segue--status nil "What the server said last about itself.")

;;; The server

(defun segue--wanted-p (&rest _)
  "Whether Segue works in the current buffer."
  (and buffer-file-name
       (not buffer-read-only)
       (not (derived-mode-p 'git-commit-mode))
       (apply #'derived-mode-p segue-modes)))

(defun segue--register ()
  "Register the server with lsp-mode."
  (lsp-register-client
   (make-lsp-client
    :new-connection (lsp-stdio-connection (lambda () segue-command))
    :activation-fn #'segue--wanted-p
    :add-on? t
    :priority -2
    :server-id 'segue
    :initialization-options (lambda () (list :segue (or segue-settings (make-hash-table))))
    :action-handlers (lsp-ht ("segue.assist.edit" #'segue--run-change)
                             ("segue.assist.tests" #'segue--run-tests-action))
    :notification-handlers (lsp-ht ("didChangeStatus" #'segue--status-changed)
                                   ("$/progress" #'segue--progressed)))))

(defun segue--configured ()
  "Turn on ghost text and next edits in a buffer that lsp-mode just set up."
  (when (and (fboundp 'lsp-inline-completion-mode) (lsp-feature? "textDocument/inlineCompletion"))
    (lsp-inline-completion-mode 1))
  (when (and segue-automatic-next-edits (segue--workspace))
    (add-hook 'after-change-functions #'segue--changed nil t)
    (add-hook 'post-command-hook #'segue--moved nil t)))

(defun segue--workspace ()
  "The workspace of the Segue server in this buffer."
  (seq-find (lambda (workspace) (eq 'segue (lsp--client-server-id (lsp--workspace-client workspace))))
            (lsp-workspaces)))

(defvar segue--partial (make-hash-table :test #'equal) "Who waits for partial results, by their tokens.")

(defun segue--progressed (workspace params)
  "Give a partial result in PARAMS to who waits for it; other progress of WORKSPACE is lsp-mode's."
  (if-let* ((receive (gethash (lsp-get params :token) segue--partial)))
      (funcall receive (lsp-get params :value))
    (funcall lsp-progress-function workspace params)))

(defun segue--request-streamed (method params receive callback fail)
  "Ask METHOD with PARAMS: partial results go to RECEIVE, the answer to CALLBACK, a problem's sentence to FAIL."
  (let ((token (format "segue-partial-%s" (float-time)))
        (workspace (or (segue--workspace) (user-error "Segue does not run in this buffer")))
        (buffer (current-buffer)))
    (puthash token (lambda (value) (when (buffer-live-p buffer) (with-current-buffer buffer (funcall receive value))))
             segue--partial)
    (with-lsp-workspace workspace
      (lsp-request-async method (append params (list :partialResultToken token))
                         (lambda (result)
                           (remhash token segue--partial)
                           (when (buffer-live-p buffer)
                             (with-current-buffer buffer (funcall callback result))))
                         :error-handler (lambda (failure)
                                          (remhash token segue--partial)
                                          (funcall fail (lsp-get failure :message)))
                         :mode 'detached))))

(defun segue--request (method params callback)
  "Ask the Segue server METHOD with PARAMS and give its answer to CALLBACK."
  (let ((workspace (or (segue--workspace) (user-error "Segue does not run in this buffer")))
        (buffer (current-buffer)))
    (with-lsp-workspace workspace
      (lsp-request-async method params
                         (lambda (result)
                           (when (buffer-live-p buffer)
                             (with-current-buffer buffer (funcall callback result))))
                         :error-handler (lambda (failure) (message "Segue: %s" (lsp-get failure :message)))
                         :mode 'detached))))

(defun segue--notify (method params)
  "Tell the Segue server METHOD with PARAMS."
  (when-let* ((workspace (segue--workspace)))
    (with-lsp-workspace workspace (lsp-notify method params))))

;;; Next edits

(defun segue-dismiss ()
  "Take the next edit from the screen; it does not come back."
  (interactive)
  (when segue--edit
    (segue--notify "segue/didReject" (list :id (lsp-get segue--edit :id) :reason "dismissed"))
    (segue--clear)))

(defun segue--clear ()
  "Take the next edit from the screen."
  (mapc #'delete-overlay segue--overlays)
  (setq segue--overlays nil segue--edit nil)
  (segue--show-hint))

(defun segue--changed (&rest _)
  "Ask for next edits a moment after a change."
  (segue--clear)
  (when segue--timer (cancel-timer segue--timer))
  (let ((buffer (current-buffer)))
    (setq segue--timer
          (run-with-idle-timer 0.3 nil (lambda ()
                                         (when (eq buffer (current-buffer))
                                           (segue--ask nil)))))))

(defun segue--ask (manual)
  "Ask for next edits and show the best one; MANUAL says so where there is none."
  (when (segue--workspace)
    (let ((tick (buffer-chars-modified-tick)))
      (segue--request
       "segue/nextEdits"
       (list :textDocument (lsp--versioned-text-document-identifier) :position (lsp--cur-position))
       (lambda (result)
         (when (= tick (buffer-chars-modified-tick))
           (let ((edits (append (lsp-get result :edits) nil)))
             (cond ((and edits (or manual (eq t (lsp-get result :shown)))) (segue--show (car edits)))
                   (manual (message "Segue: %s" (or (lsp-get result :silence) "no next edit")))))))))))

(defun segue--file (edit)
  "The file that EDIT changes."
  (lsp--uri-to-path (lsp-get (lsp-get edit :textDocument) :uri)))

(defun segue--here-p (edit)
  "Whether point is at EDIT."
  (and buffer-file-name
       (file-equal-p buffer-file-name (segue--file edit))
       (let* ((line (1- (line-number-at-pos nil t)))
              (range (lsp-get edit :range))
              (first (lsp-get (lsp-get range :start) :line))
              (end (lsp-get range :end))
              ;; A range of whole lines ends at the beginning of the line after them.
              (last (- (lsp-get end :line) (if (zerop (lsp-get end :character)) 1 0))))
         (<= first line (max first last)))))

(defun segue--show (edit)
  "Draw EDIT in its buffer, with a hint at point."
  (segue--clear)
  (setq segue--edit edit)
  (let* ((file (segue--file edit))
         (buffer (find-buffer-visiting file))
         (text (lsp-get edit :text)))
    (when (and buffer text)
      (with-current-buffer buffer
        (let* ((region (lsp--range-to-region (lsp-get edit :range)))
               (overlay (make-overlay (car region) (cdr region))))
          (overlay-put overlay 'face 'segue-removed)
          (overlay-put overlay 'after-string (propertize (concat (if (bolp) "" " → ") text) 'face 'segue-added))
          (push overlay segue--overlays))))
    (segue--show-hint))
  (segue--notify "textDocument/didShowInlineEdit"
                 (list :item (list :command (list :arguments (vector (lsp-get edit :id)))))))

(defun segue--show-hint ()
  "Say at the end of the line of point what the keys do with the next edit."
  (when (overlayp segue--hint) (delete-overlay segue--hint))
  (setq segue--hint nil)
  (when segue--edit
    (let* ((edit segue--edit)
           (line (1+ (lsp-get (lsp-get (lsp-get edit :range) :start) :line)))
           (key (or (key-description (let (segue-edit-mode) (where-is-internal 'segue-next-edit nil t)))
                    "M-x segue-next-edit"))
           (text (if (segue--here-p edit)
                     (format "  TAB or %s: accept" key)
                   (format "  %s: go to %s:%d" key (file-name-nondirectory (segue--file edit)) line))))
      (setq segue--hint (make-overlay (line-end-position) (line-end-position)))
      (overlay-put segue--hint 'after-string (propertize text 'face 'segue-hint 'cursor t)))))

(defun segue--moved ()
  "Let the hint follow point to another line or buffer."
  (when (and segue--edit
             (not (and (overlayp segue--hint)
                       (eq (overlay-buffer segue--hint) (current-buffer))
                       (= (overlay-start segue--hint) (line-end-position))))
             (segue--workspace))
    (segue--show-hint)))

(defun segue-next-edit ()
  "Show the next edit, go to it, or apply it where point is at it already."
  (interactive)
  (let ((edit segue--edit))
    (cond ((null edit) (segue--ask t))
          ((segue--here-p edit) (segue--apply edit))
          (t (find-file (segue--file edit))
             (goto-char (lsp--position-to-point (lsp-get (lsp-get edit :range) :start)))
             (back-to-indentation)
             (segue--show edit)))))

(defun segue--apply (edit)
  "Apply EDIT, tell the server, and ask for what comes next."
  (segue--clear)
  (when-let* ((text (lsp-get edit :text)))
    (lsp--apply-text-edits (list (lsp-make-text-edit :range (lsp-get edit :range) :new-text text))))
  (when-let* ((command (lsp-get edit :command)))
    (segue--request "workspace/executeCommand"
                    (list :command (lsp-get command :command) :arguments (lsp-get command :arguments))
                    #'ignore)))

(defun segue--at-point (command)
  "Return COMMAND where the next edit is on the screen at point, nil elsewhere."
  (and segue--edit (segue--here-p segue--edit) command))

(defvar-keymap segue-edit-mode-map
  :doc "Keys of a next edit at point: there TAB never indents."
  "TAB" '(menu-item "Apply" segue-next-edit :filter segue--at-point)
  "<tab>" '(menu-item "Apply" segue-next-edit :filter segue--at-point))

(define-minor-mode segue-edit-mode
  "Let TAB apply the next edit that is on the screen at point.
The mode line says in a few words why nothing is shown."
  :global t
  :lighter (:eval (segue--lighter)))

;;; Explaining, comments, status

(defun segue--target ()
  "The region, or else point, as the server wants it."
  (append (list :textDocument (lsp--versioned-text-document-identifier))
          (if (use-region-p)
              (list :range (lsp--region-to-range (region-beginning) (region-end)))
            (list :position (lsp--cur-position)))))

(defun segue-explain ()
  "Explain the region, or the symbol at point."
  (interactive)
  (message "Segue: asking the model…")
  (segue--request "segue/explain" (segue--target)
                  (lambda (result) (segue-show-answer (lsp-get result :markdown)))))

(defun segue-fix ()
  "Offer the fixes for the problems of the line, whichever server or linter reported them."
  (interactive)
  (lsp-request-async
   "textDocument/codeAction"
   (list :textDocument (lsp--text-document-identifier)
         :range (lsp--region-to-range (line-beginning-position) (line-end-position))
         :context (list :diagnostics (segue--problems) :only ["quickfix"] :triggerKind 1))
   (lambda (actions)
     (if (seq-empty-p actions) (message "Segue: no fix is known for this line.")
       (lsp-execute-code-action (lsp--select-action actions))))
   :error-handler (lambda (problem) (message "Segue: %s" (lsp-get problem :message)))
   :mode 'tick))

(defun segue--problems ()
  "The problems of the line as LSP writes them: what Flymake shows, else what lsp-mode knows."
  (if (bound-and-true-p flymake-mode)
      (vconcat (mapcar (lambda (one)
                         (list :range (lsp--region-to-range (flymake-diagnostic-beg one) (flymake-diagnostic-end one))
                               :message (flymake-diagnostic-text one)))
                       (flymake-diagnostics (line-beginning-position) (line-end-position))))
    (vconcat (lsp-cur-line-diagnostics))))

(defun segue-write-tests ()
  "Write tests for the definition at point into the file of its tests, and show that."
  (interactive)
  (segue--write-tests (segue--target)))

(defun segue--write-tests (params)
  "Ask the server for the tests of PARAMS, insert them and show their file."
  (message "Segue: asking the model…")
  (segue--request "segue/tests" params
                  (lambda (result)
                    (segue--insert-tests (lsp--uri-to-path (lsp-get result :uri))
                                         (lsp-get (lsp-get result :edit) :documentChanges))
                    (goto-char (point-max))
                    (when-let* ((notes (append (lsp-get result :notes) nil)))
                      (message "Segue: %s" (string-join notes " "))))))

(defun segue--insert-tests (path changes)
  "Show the file at PATH with the edits of CHANGES in it; a new file is yours to save.
lsp-mode would write a new file itself, and ask about that on the way."
  (lsp--check-document-changes-version changes)
  (make-directory (file-name-directory path) t)
  (find-file-other-window path)
  (seq-doseq (change changes)
    (when-let* ((edits (lsp-get change :edits))) (lsp--apply-text-edits edits))))

(defun segue--run-tests-action (action)
  "Write the tests of the server's code action ACTION."
  (segue--write-tests (append (aref (lsp-get action :arguments) 0) nil)))

(defun segue-comment ()
  "Write a comment for the definition at point, or for the region."
  (interactive)
  (message "Segue: asking the model…")
  (segue--request "segue/comment" (segue--target)
                  (lambda (result) (lsp--apply-workspace-edit (lsp-get result :edit)))))

(defun segue-commit-message ()
  "Insert a message for the staged changes at point."
  (interactive)
  (let ((buffer (current-buffer))
        (source (seq-find (lambda (one) (with-current-buffer one (and (bound-and-true-p lsp-mode) (segue--workspace))))
                          (buffer-list))))
    (unless source (user-error "Open a file of the repository first, so that its server runs"))
    (with-current-buffer source
      (segue--request "segue/commitMessage" (list :uri (lsp--path-to-uri (lsp-workspace-root)))
                      (lambda (result)
                        (with-current-buffer buffer (insert (lsp-get result :message))))))))

(defun segue--status-changed (_workspace status)
  "Keep STATUS, what the server says about itself."
  (setq segue--status status)
  (force-mode-line-update t))

(defun segue--lighter ()
  "What the mode line says of Segue where it runs: its name, and why it is silent."
  (when (and (bound-and-true-p lsp-mode) (segue--workspace))
    (let ((silence (and segue--status (lsp-get (lsp-get segue--status :segue) :silence))))
      (if (or (null silence) (string-empty-p silence)) " Segue" (concat " Segue: " silence)))))

(defun segue-status ()
  "Say what Segue does, and why it is silent."
  (interactive)
  (if (null segue--status)
      (message "Segue has said nothing yet%s" (if (segue--workspace) "." ": it does not run in this buffer."))
    (let ((silence (lsp-get (lsp-get segue--status :segue) :silence)))
      (message "Segue: %s%s" (lsp-get segue--status :message)
               (if (or (null silence) (string-empty-p silence)) "" (format " Nothing is shown: %s." silence))))))

(defun segue-toggle ()
  "Pause suggestions, or resume them."
  (interactive)
  (segue--request "workspace/executeCommand" (list :command "segue.toggle" :arguments [])
                  (lambda (status) (message "Segue: %s" (lsp-get status :message)))))

(defvar-keymap segue-map
  :doc "Commands of Segue, for a prefix of your choice."
  "e" #'segue-next-edit
  "d" #'segue-dismiss
  "x" #'segue-explain
  "a" #'segue-ask
  "i" #'segue-change
  "f" #'segue-fix
  "t" #'segue-write-tests
  "c" #'segue-comment
  "m" #'segue-commit-message
  "s" #'segue-status
  "p" #'segue-toggle)

;;;###autoload
(defun segue-setup ()
  "Register the server, the keys and the hooks."
  (segue--register)
  (segue-edit-mode 1)
  (add-hook 'lsp-configure-hook #'segue--configured)
  (when (boundp 'lsp-inline-completion-idle-delay)
    (setq lsp-inline-completion-idle-delay segue-idle-delay))
  (with-eval-after-load 'lsp-inline-completion
    (keymap-set lsp-inline-completion-active-map "TAB" #'lsp-inline-completion-accept))
  (keymap-global-set "M-n" segue-map))

(provide 'segue)
;;; segue.el ends here
