;;; segue-change.el --- Changing code by an instruction -*- lexical-binding: t -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; A change is shown as a diff, and nothing is changed before it is accepted: a accepts the part at point, r rejects it,
;; A accepts all, q rejects all, RET goes to the code.

;;; Code:

(require 'segue)
(require 'diff-mode)

(cl-defstruct segue-hunk "Replace what reads OLD between two markers by NEW." start end old new)

(defvar segue--hunks nil "The parts of the change that waits for a decision.")
(defvar segue--change-warning "" "What is to be known before deciding.")
(defvar segue--instructions nil "Instructions given before.")

(defvar-keymap segue-change-mode-map
  :doc "Keys of the diff of a change."
  "a" #'segue-accept-part
  "r" #'segue-reject-part
  "A" #'segue-accept-change
  "q" #'segue-reject-change
  "RET" #'segue-visit-part)

(define-minor-mode segue-change-mode
  "Decide about a change: a and r for the part at point, A and q for all of it."
  :lighter " Change")

(defun segue--draw-change ()
  "Show the parts that are left; without any, close the diff."
  (if (null segue--hunks)
      (when-let* ((buffer (get-buffer "*segue change*"))) (quit-windows-on buffer t))
    (with-current-buffer (get-buffer-create "*segue change*")
      (let ((inhibit-read-only t))
        (erase-buffer)
        (insert "# a: accept this part   r: reject it   A: accept all   q: reject all   RET: go there\n" segue--change-warning)
        (dolist (hunk segue--hunks)
          (let ((at (point)) (line (segue--line-of hunk)))
            (insert (format "@@ -%d,%d +%d,%d @@\n" line (segue--count (segue-hunk-old hunk)) line (segue--count (segue-hunk-new hunk)))
                    (segue--prefixed "-" (segue-hunk-old hunk))
                    (segue--prefixed "+" (segue-hunk-new hunk)))
            (put-text-property at (point) 'segue-hunk hunk)))
        (diff-mode)
        (segue-change-mode 1)
        (setq buffer-read-only t)
        (goto-char (point-min))
        (forward-line 1)
        (pop-to-buffer (current-buffer))))))

(defun segue--line-of (hunk)
  "The line at which HUNK begins now."
  (with-current-buffer (marker-buffer (segue-hunk-start hunk))
    (line-number-at-pos (segue-hunk-start hunk) t)))

(defun segue--count (text)
  "How many lines TEXT has."
  (length (split-string (string-remove-suffix "\n" text) "\n" (string-empty-p text))))

(defun segue--prefixed (mark text)
  "The lines of TEXT with MARK in front of each."
  (if (string-empty-p text) ""
    (concat (mapconcat (lambda (line) (concat mark line)) (split-string (string-remove-suffix "\n" text) "\n") "\n") "\n")))

(defun segue--hunk-here ()
  "The part at point, or the next one."
  (or (get-text-property (point) 'segue-hunk) (car segue--hunks) (user-error "No change waits for a decision")))

(defun segue--accept (hunk)
  "Put HUNK into the code, where its text is still what it was; return whether it was."
  (with-current-buffer (marker-buffer (segue-hunk-start hunk))
    (let ((start (segue-hunk-start hunk)) (end (segue-hunk-end hunk)))
      (if (not (string= (buffer-substring-no-properties start end) (segue-hunk-old hunk)))
          (progn (message "Segue: the text there has changed since; nothing was inserted.") nil)
        (save-excursion
          (goto-char start)
          (delete-region start end)
          (insert (segue-hunk-new hunk)))
        t))))

(defun segue-accept-part ()
  "Accept the part of the change at point."
  (interactive)
  (let ((hunk (segue--hunk-here)))
    (when (segue--accept hunk)
      (setq segue--hunks (delq hunk segue--hunks))
      (segue--draw-change))))

(defun segue-reject-part ()
  "Reject the part of the change at point."
  (interactive)
  (setq segue--hunks (delq (segue--hunk-here) segue--hunks))
  (segue--draw-change))

(defun segue-accept-change ()
  "Accept the whole change, as one step of undo."
  (interactive)
  (when segue--hunks
    (with-current-buffer (marker-buffer (segue-hunk-start (car segue--hunks)))
      (with-undo-amalgamate
        (setq segue--hunks (seq-remove #'segue--accept (reverse segue--hunks)))))
    (segue--draw-change)))

(defun segue-reject-change ()
  "Reject the whole change."
  (interactive)
  (setq segue--hunks nil)
  (segue--draw-change))

(defun segue-visit-part ()
  "Go to the code of the part at point."
  (interactive)
  (let ((hunk (segue--hunk-here)))
    (pop-to-buffer (marker-buffer (segue-hunk-start hunk)))
    (goto-char (segue-hunk-start hunk))))

(defun segue--open-change (change)
  "Show CHANGE, the server's answer for the current buffer as it is."
  (setq segue--change-warning
        (if-let* ((names (append (lsp-get change :unknownNames) nil)))
            (format "# Not known here: %s\n" (mapconcat (lambda (one) (lsp-get one :name)) names ", "))
          "")
        segue--hunks
        (mapcar (lambda (edit)
                  (let ((region (lsp--range-to-region (lsp-get edit :range))))
                    (make-segue-hunk :start (copy-marker (car region)) :end (copy-marker (cdr region) t)
                                     :old (buffer-substring-no-properties (car region) (cdr region))
                                     :new (string-replace "\r" "" (lsp-get edit :newText)))))
                (append (lsp-get change :edits) nil)))
  (segue--draw-change))

;;;###autoload
(defun segue-change (instruction)
  "Change the region, or the definition at point, as INSTRUCTION says; you decide about the result in a diff."
  (interactive (list (read-string "Change the code: " nil 'segue--instructions)))
  (when (string-blank-p instruction) (user-error "Say what should change"))
  (segue--change (append (segue--target) (list :instruction instruction))))

(defun segue--change (params)
  "Ask the server for the change of PARAMS and show it."
  (let ((tick (buffer-chars-modified-tick)) (lines 0))
    (message "Segue: asking the model…")
    (segue--request-streamed
     "segue/edit" params
     (lambda (_) (message "Segue: the model has written %d lines…" (setq lines (1+ lines))))
     (lambda (change)
       (if (= tick (buffer-chars-modified-tick))
           (segue--open-change change)
         (message "Segue: the file changed while the model was answering; nothing was done.")))
     (lambda (problem) (message "Segue: %s" problem)))))

(defun segue--run-change (action)
  "Ask for the change of the server's code action ACTION."
  (segue--change (append (aref (lsp-get action :arguments) 0) nil)))

(provide 'segue-change)
;;; segue-change.el ends here
