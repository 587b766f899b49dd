;;; segue-answer.el --- Answers of Segue: explanations and questions -*- lexical-binding: t -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; One buffer for what Segue explains and answers.  Links open their place; `segue-ask' asks about the repository, and
;; again in the buffer it asks a follow-up question.  `next-error' visits the places of the last answer.

;;; Code:

(require 'segue)

(defvar segue--thread nil "The questions and answers of the conversation, the last one first.")
(defvar segue--source nil "The buffer of code that the conversation was begun in.")
(defvar segue--places nil "The places of the last answer.")
(defvar segue--place -1 "The number of the place that `next-error' went to.")

(defvar-keymap segue-answer-mode-map
  :doc "Keys of the buffer of answers."
  :parent special-mode-map
  "RET" #'push-button
  "TAB" #'forward-button
  "i" #'segue-ask
  "N" #'segue-ask-anew)

(define-derived-mode segue-answer-mode special-mode "Segue-Answer"
  "Answers of Segue: RET opens a place, TAB goes to the next, i asks a follow-up question, N begins anew."
  (visual-line-mode 1)
  (setq next-error-function #'segue--next-place))

(defun segue--answer-buffer ()
  "The buffer of answers."
  (let ((buffer (get-buffer-create "*segue*")))
    (with-current-buffer buffer
      (unless (derived-mode-p 'segue-answer-mode) (segue-answer-mode)))
    buffer))

(defun segue--insert-markdown (markdown)
  "Insert MARKDOWN with its links to files as buttons, and with code and strong words set off."
  (let ((start (point)))
    (insert markdown)
    (save-excursion
      (let ((end (copy-marker (point))))
        (goto-char start)
        (while (re-search-forward "\\[\\([^]\n]+\\)\\](<?\\(file://[^)>\n]+\\)>?)" end t)
          (let ((label (string-replace "`" "" (match-string 1))) (uri (match-string 2)))
            (replace-match "" t t)
            (insert-text-button label 'action (lambda (_) (segue--open-link uri)) 'help-echo uri)))
        (dolist (rule '(("`\\([^`\n]+\\)`" . font-lock-constant-face) ("\\*\\*\\([^*\n]+\\)\\*\\*" . bold)))
          (goto-char start)
          (while (re-search-forward (car rule) end t)
            (unless (button-at (match-beginning 1))
              (replace-match (propertize (match-string 1) 'face (cdr rule)) t t))))
        (set-marker end nil)))))

(defun segue--open-link (uri)
  "Open the place that URI, with a fragment such as #L29, names."
  (let* ((parts (split-string uri "#L"))
         (line (string-to-number (or (cadr parts) "1"))))
    (find-file-other-window (lsp--uri-to-path (car parts)))
    (goto-char (point-min))
    (forward-line (1- (max 1 line)))))

(defun segue-show-answer (markdown)
  "Show MARKDOWN alone in the buffer of answers."
  (with-current-buffer (segue--answer-buffer)
    (let ((inhibit-read-only t))
      (erase-buffer)
      (segue--insert-markdown markdown))
    (goto-char (point-min))
    (display-buffer (current-buffer))))

(defun segue--next-place (count &optional reset)
  "Go COUNT places of the last answer further; RESET begins with the first."
  (let ((place (+ (if reset 0 segue--place) count)))
    (unless (and (<= 0 place) (< place (length segue--places))) (user-error "No more places"))
    (setq segue--place place)
    (let ((at (nth place segue--places)))
      (segue--open-link (format "%s#L%d" (lsp-get at :uri)
                                (1+ (lsp-get (lsp-get (lsp-get at :range) :start) :line)))))))

(defun segue--rewrite (from text)
  "Replace what follows FROM in the buffer of answers by TEXT as Markdown."
  (when (buffer-live-p (marker-buffer from))
    (with-current-buffer (marker-buffer from)
      (let ((inhibit-read-only t))
        (save-excursion
          (delete-region from (point-max))
          (goto-char from)
          (segue--insert-markdown (concat text "\n")))))))

(defun segue--found-text (places)
  "Return Markdown that lists PLACES, for the time until the answer comes."
  (mapconcat (lambda (at)
               (let ((line (1+ (lsp-get (lsp-get (lsp-get at :range) :start) :line))))
                 (format "- [%s:%d](%s#L%d)" (lsp-get at :path) line (lsp-get at :uri) line)))
             places "\n"))

;;;###autoload
(defun segue-ask (question)
  "Ask QUESTION about the repository; in the buffer of answers, as a follow-up.
With an active region the question is about that."
  (interactive (list (read-string (if (derived-mode-p 'segue-answer-mode) "Follow-up: " "Ask about this repository: "))))
  (let ((follows (derived-mode-p 'segue-answer-mode)))
    (unless follows (setq segue--thread nil segue--source (current-buffer)))
    (when (string-blank-p question) (user-error "Ask something"))
    (unless (buffer-live-p segue--source) (user-error "Ask from a file of the repository"))
    (with-current-buffer (segue--answer-buffer)
      (let ((inhibit-read-only t))
        (unless follows (erase-buffer))
        (goto-char (point-max))
        (unless (bobp) (insert "\n"))
        (insert (propertize question 'face 'bold) "\n\n")
        (let ((from (copy-marker (point))))
          (insert "…\n")
          (display-buffer (current-buffer))
          (segue--send-question question from))))))

(defun segue-ask-anew (question)
  "Ask QUESTION in a conversation of its own."
  (interactive "sAsk about this repository: ")
  (with-current-buffer (if (buffer-live-p segue--source) segue--source (current-buffer))
    (segue-ask question)))

(defun segue--send-question (question from)
  "Ask the server QUESTION and write its answer from the marker FROM on."
  (let ((found "") (written "") (thread (reverse segue--thread)))
    (with-current-buffer segue--source
      (segue--request-streamed
       "segue/ask"
       (append (list :question question
                     :uri (lsp--buffer-uri)
                     :thread (vconcat (mapcar (lambda (turn) (list :question (car turn) :answer (cdr turn))) thread)))
               (when (use-region-p)
                 (list :range (lsp--region-to-range (region-beginning) (region-end)))))
       (lambda (value)
         (when-let* ((places (lsp-get value :places))) (setq found (segue--found-text places)))
         (when-let* ((piece (lsp-get value :markdown))) (setq written (concat written piece)))
         (segue--rewrite from (if (string-empty-p written) found written)))
       (lambda (answer)
         (setq segue--places (append (lsp-get answer :places) nil) segue--place -1)
         (push (cons question (lsp-get answer :markdown)) segue--thread)
         (segue--rewrite from (lsp-get answer :markdown)))
       (lambda (problem) (segue--rewrite from (concat written "\n\n" problem)))))))

(provide 'segue-answer)
;;; segue-answer.el ends here
