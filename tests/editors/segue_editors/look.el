;;; look.el --- What two buffers hold and what Segue draws, for the test of random keys  -*- lexical-binding: t -*-

;;; Code:

(require 'json)
(require 'segue)

(defvar segue-test-names '("a.txt" "b.txt"))
(defvar segue-test-commands 0 "The commands run so far.")
(add-hook 'pre-command-hook (lambda () (setq segue-test-commands (1+ segue-test-commands))))

(defun segue-test-other ()
  "Show the other of the two buffers."
  (interactive)
  (switch-to-buffer (if (equal (buffer-name) "a.txt") "b.txt" "a.txt")))
(keymap-global-set "<f5>" #'segue-test-other)
(keymap-global-set "<f6>" #'undo-redo)

;; A command that fails makes Emacs throw away the keys that wait.
(dolist (command '(right-char left-char delete-backward-char previous-line next-line undo undo-redo))
  (advice-add command :around (lambda (run &rest arguments) (ignore-errors (apply run arguments)))))

(defvar segue-test-texts nil "What the buffers are given.")
(defun segue-test-start ()
  "Give the buffers `segue-test-texts'."
  (interactive)
  (cl-mapc (lambda (name text)
             (with-current-buffer name
               (erase-buffer)
               (insert text)
               (undo-boundary)))
           segue-test-names segue-test-texts)
  (switch-to-buffer (car segue-test-names))
  (goto-char (point-max)))
(keymap-global-set "<f7>" #'segue-test-start)

(defun segue-test-look ()
  "Return the state of the editor."
  (with-current-buffer (window-buffer (selected-window))
    (let* ((shown (lsp-inline-completion--active-p))
           (item (and shown (elt lsp-inline-completion--items lsp-inline-completion--current)))
           (hint (and segue--edit segue--hint)))
      (list :texts (vconcat (mapcar (lambda (name)
                                      (with-current-buffer name
                                        (buffer-substring-no-properties (point-min) (point-max))))
                                    segue-test-names))
            :name (buffer-name)
            ;; lsp-mode shows text at the end of a line with point before its last character.
            :cursor (1- (if shown lsp-inline-completion--start-point (point)))
            :ghost (if item (lsp:inline-completion-item-insert-text item) "")
            :hint (or (and hint (eq (current-buffer) (overlay-buffer hint)) (substring-no-properties (overlay-get hint 'after-string))) "")
            :commands segue-test-commands
            :pending (if (input-pending-p) t :json-false)))))

(defun segue-test--answer (process request)
  "Evaluate REQUEST and send the result to PROCESS."
  (process-send-string process (concat (json-encode (with-current-buffer (window-buffer (selected-window))
                                                      (eval (read request) t)))
                                       "\n")))

(let ((server (make-network-process :name "segue-test" :server t :host "127.0.0.1" :service t
                                    :coding 'utf-8 :filter #'segue-test--answer :noquery t)))
  (write-region (number-to-string (process-contact server :service)) nil (getenv "SEGUE_TEST_PORT") nil 'silent))

(provide 'look)
;;; look.el ends here
